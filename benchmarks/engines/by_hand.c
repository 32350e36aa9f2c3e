/* Both networks with their gradients derived by hand, as plain C. Nothing is allocated. */

#include <math.h>
#include <string.h>

/* -- W1: the lecture's 2-2-2 network */

#define I1 0.05
#define I2 0.10
#define T1 0.01
#define T2 0.99

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/* parameters: w1 to w8, b1, b2, updated in place. */
void train_lecture(double *parameters, double rate, long times)
{
    double w1 = parameters[0], w2 = parameters[1], w3 = parameters[2], w4 = parameters[3];
    double w5 = parameters[4], w6 = parameters[5], w7 = parameters[6], w8 = parameters[7];
    double b1 = parameters[8], b2 = parameters[9];

    while (times-- > 0) {
        double h1 = sigmoid(w1 * I1 + w2 * I2 + b1);
        double h2 = sigmoid(w3 * I1 + w4 * I2 + b1);
        double o1 = sigmoid(w5 * h1 + w6 * h2 + b2);
        double o2 = sigmoid(w7 * h1 + w8 * h2 + b2);

        /* What each net input moves by: the rate times the derivative of E by it. */
        double move_o1 = rate * (o1 - T1) * o1 * (1 - o1);
        double move_o2 = rate * (o2 - T2) * o2 * (1 - o2);
        double move_h1 = (move_o1 * w5 + move_o2 * w7) * h1 * (1 - h1);
        double move_h2 = (move_o1 * w6 + move_o2 * w8) * h2 * (1 - h2);

        w1 -= move_h1 * I1;
        w2 -= move_h1 * I2;
        w3 -= move_h2 * I1;
        w4 -= move_h2 * I2;
        w5 -= move_o1 * h1;
        w6 -= move_o1 * h2;
        w7 -= move_o2 * h1;
        w8 -= move_o2 * h2;
        b1 -= move_h1 + move_h2;
        b2 -= move_o1 + move_o2;
    }

    parameters[0] = w1, parameters[1] = w2, parameters[2] = w3, parameters[3] = w4;
    parameters[4] = w5, parameters[5] = w6, parameters[6] = w7, parameters[7] = w8;
    parameters[8] = b1, parameters[9] = b2;
}

/* -- W2: micrograd's demo, an MLP of 2, 16, 16 and 1 with relu */

#define WIDTH 16

/* In the order of the parameters: by neuron, the weights and then the bias. */
typedef struct {
    double first[WIDTH][2 + 1];
    double second[WIDTH][WIDTH + 1];
    double third[WIDTH + 1];
} Network;

static double relu(double x) { return x > 0 ? x : 0; }

/* Adds the gradient of the hinge of one point, times `weight`, to `gradient`. */
static void add_gradient(const Network *network, const double *point, double label,
                         double weight, Network *gradient)
{
    double hidden[WIDTH], hidden2[WIDTH], delta[WIDTH] = {0};

    for (int i = 0; i < WIDTH; i++) {
        const double *w = network->first[i];
        hidden[i] = relu(w[0] * point[0] + w[1] * point[1] + w[2]);
    }
    double score = network->third[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
        const double *w = network->second[i];
        double sum = w[WIDTH];
        for (int j = 0; j < WIDTH; j++)
            sum += w[j] * hidden[j];
        hidden2[i] = relu(sum);
        score += network->third[i] * hidden2[i];
    }
    if (1 - label * score <= 0)
        return;

    double delta_score = -label * weight;
    gradient->third[WIDTH] += delta_score;
    for (int i = 0; i < WIDTH; i++) {
        if (hidden2[i] <= 0)
            continue;
        gradient->third[i] += delta_score * hidden2[i];
        double delta2 = delta_score * network->third[i];
        for (int j = 0; j < WIDTH; j++) {
            gradient->second[i][j] += delta2 * hidden[j];
            delta[j] += delta2 * network->second[i][j];
        }
        gradient->second[i][WIDTH] += delta2;
    }
    for (int i = 0; i < WIDTH; i++) {
        if (hidden[i] <= 0)
            continue;
        gradient->first[i][0] += delta[i] * point[0];
        gradient->first[i][1] += delta[i] * point[1];
        gradient->first[i][2] += delta[i];
    }
}

/* parameters: 337 of them, updated in place; points: two coordinates each. */
void train_demo(double *parameters, const double *points, const double *labels, long count,
                double alpha, double rate, long times)
{
    while (times-- > 0) {
        Network gradient;
        memset(&gradient, 0, sizeof gradient);
        for (long n = 0; n < count; n++)
            add_gradient((const Network *)parameters, points + 2 * n, labels[n], 1.0 / count,
                         &gradient);
        const double *g = (const double *)&gradient;
        for (size_t k = 0; k < sizeof gradient / sizeof *g; k++)
            parameters[k] -= rate * (g[k] + 2 * alpha * parameters[k]);
    }
}
