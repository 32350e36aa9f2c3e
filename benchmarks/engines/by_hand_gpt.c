/* W4: a GPT of one block with its gradients derived by hand, as plain C, and Adam. */

#include <math.h>
#include <string.h>

#define TOKENS 27
#define CHANNELS 16
#define HEADS 4
#define SIZE (CHANNELS / HEADS)
#define CONTEXT 16
#define HIDDEN (4 * CHANNELS)

typedef struct {
    double tokens[TOKENS][CHANNELS];
    double positions[CONTEXT][CHANNELS];
    double query[CHANNELS][CHANNELS];
    double key[CHANNELS][CHANNELS];
    double value[CHANNELS][CHANNELS];
    double output[CHANNELS][CHANNELS];
    double up[HIDDEN][CHANNELS];
    double down[CHANNELS][HIDDEN];
    double scores[TOKENS][CHANNELS];
} Weights;

/* The results of the forward pass at one position, which the backward pass needs. */
typedef struct {
    double x0[CHANNELS], y0[CHANNELS];    /* the embedding, normalised once and twice */
    double query[CHANNELS], key[CHANNELS], value[CHANNELS];
    double looks[HEADS][CONTEXT];
    double mixed[CHANNELS];
    double x1[CHANNELS], y1[CHANNELS], hidden[HIDDEN];
    double x2[CHANNELS], p[TOKENS];
    double scale0, scale1, scale2;        /* of the three normalisations */
} Position;

/* y = m x, with m a matrix of rows and columns. */
static void linear(const double *m, const double *x, double *y, int rows, int columns)
{
    for (int i = 0; i < rows; i++) {
        double sum = 0;
        for (int j = 0; j < columns; j++)
            sum += m[i * columns + j] * x[j];
        y[i] = sum;
    }
}

/* Adds to the gradients of m and x, given that of y = m x. */
static void linear_back(const double *m, const double *x, const double *dy, double *dm, double *dx,
                        int rows, int columns)
{
    for (int i = 0; i < rows; i++) {
        if (dy[i] == 0)
            continue;
        for (int j = 0; j < columns; j++) {
            dm[i * columns + j] += dy[i] * x[j];
            dx[j] += dy[i] * m[i * columns + j];
        }
    }
}

/* y = x times the scale that it returns. */
static double normalise(const double *x, double *y)
{
    double squares = 0;
    for (int j = 0; j < CHANNELS; j++)
        squares += x[j] * x[j];
    double scale = 1 / sqrt(squares / CHANNELS + 1e-5);
    for (int j = 0; j < CHANNELS; j++)
        y[j] = x[j] * scale;
    return scale;
}

/* Adds to the gradient of x, given that of y = x scale. */
static void normalise_back(const double *y, double scale, const double *dy, double *dx)
{
    double mean = 0;
    for (int j = 0; j < CHANNELS; j++)
        mean += dy[j] * y[j] / CHANNELS;
    for (int j = 0; j < CHANNELS; j++)
        dx[j] += scale * (dy[j] - y[j] * mean);
}

static void softmax(double *x, int count)
{
    double largest = x[0], total = 0;
    for (int i = 1; i < count; i++)
        largest = x[i] > largest ? x[i] : largest;
    for (int i = 0; i < count; i++)
        total += x[i] = exp(x[i] - largest);
    for (int i = 0; i < count; i++)
        x[i] /= total;
}

static void forward(const Weights *w, Position *all, int t, long token)
{
    Position *at = &all[t];
    double x[CHANNELS];

    for (int j = 0; j < CHANNELS; j++)
        x[j] = w->tokens[token][j] + w->positions[t][j];
    at->scale0 = normalise(x, at->x0);
    at->scale1 = normalise(at->x0, at->y0);
    linear(*w->query, at->y0, at->query, CHANNELS, CHANNELS);
    linear(*w->key, at->y0, at->key, CHANNELS, CHANNELS);
    linear(*w->value, at->y0, at->value, CHANNELS, CHANNELS);
    memset(at->mixed, 0, sizeof at->mixed);
    for (int head = 0; head < HEADS; head++) {
        double *looks = at->looks[head];
        int first = head * SIZE;
        for (int s = 0; s <= t; s++) {
            double sum = 0;
            for (int j = first; j < first + SIZE; j++)
                sum += at->query[j] * all[s].key[j];
            looks[s] = sum / sqrt(SIZE);
        }
        softmax(looks, t + 1);
        for (int s = 0; s <= t; s++)
            for (int j = first; j < first + SIZE; j++)
                at->mixed[j] += looks[s] * all[s].value[j];
    }
    linear(*w->output, at->mixed, at->x1, CHANNELS, CHANNELS);
    for (int j = 0; j < CHANNELS; j++)
        at->x1[j] += at->x0[j];
    at->scale2 = normalise(at->x1, at->y1);
    linear(*w->up, at->y1, at->hidden, HIDDEN, CHANNELS);
    for (int i = 0; i < HIDDEN; i++)
        at->hidden[i] = at->hidden[i] > 0 ? at->hidden[i] : 0;
    linear(*w->down, at->hidden, at->x2, CHANNELS, HIDDEN);
    for (int j = 0; j < CHANNELS; j++)
        at->x2[j] += at->x1[j];
    linear(*w->scores, at->x2, at->p, TOKENS, CHANNELS);
    softmax(at->p, TOKENS);
}

/* dkey, dvalue: of all positions, to which the later ones have added. */
static void backward(const Weights *w, Weights *g, const Position *all, int t, long token,
                     long target, double weight, double dkey[][CHANNELS],
                     double dvalue[][CHANNELS])
{
    const Position *at = &all[t];
    double dscores[TOKENS], dx2[CHANNELS] = {0}, dhidden[HIDDEN] = {0}, dy1[CHANNELS] = {0};
    double dx1[CHANNELS], dmixed[CHANNELS] = {0}, dquery[CHANNELS] = {0}, dy0[CHANNELS] = {0};
    double dx0[CHANNELS], dx[CHANNELS] = {0};

    for (int i = 0; i < TOKENS; i++)
        dscores[i] = weight * (at->p[i] - (i == target));
    linear_back(*w->scores, at->x2, dscores, *g->scores, dx2, TOKENS, CHANNELS);
    linear_back(*w->down, at->hidden, dx2, *g->down, dhidden, CHANNELS, HIDDEN);
    for (int i = 0; i < HIDDEN; i++)
        dhidden[i] = at->hidden[i] > 0 ? dhidden[i] : 0;
    linear_back(*w->up, at->y1, dhidden, *g->up, dy1, HIDDEN, CHANNELS);
    memcpy(dx1, dx2, sizeof dx1);
    normalise_back(at->y1, at->scale2, dy1, dx1);
    linear_back(*w->output, at->mixed, dx1, *g->output, dmixed, CHANNELS, CHANNELS);
    for (int head = 0; head < HEADS; head++) {
        const double *looks = at->looks[head];
        double dlooks[CONTEXT], mean = 0;
        int first = head * SIZE;
        for (int s = 0; s <= t; s++) {
            dlooks[s] = 0;
            for (int j = first; j < first + SIZE; j++) {
                dlooks[s] += dmixed[j] * all[s].value[j];
                dvalue[s][j] += dmixed[j] * looks[s];
            }
            mean += looks[s] * dlooks[s];
        }
        for (int s = 0; s <= t; s++) {
            double dscore = looks[s] * (dlooks[s] - mean) / sqrt(SIZE);
            for (int j = first; j < first + SIZE; j++) {
                dquery[j] += dscore * all[s].key[j];
                dkey[s][j] += dscore * at->query[j];
            }
        }
    }
    linear_back(*w->query, at->y0, dquery, *g->query, dy0, CHANNELS, CHANNELS);
    linear_back(*w->key, at->y0, dkey[t], *g->key, dy0, CHANNELS, CHANNELS);
    linear_back(*w->value, at->y0, dvalue[t], *g->value, dy0, CHANNELS, CHANNELS);
    memcpy(dx0, dx1, sizeof dx0);
    normalise_back(at->y0, at->scale1, dy0, dx0);
    normalise_back(at->x0, at->scale0, dx0, dx);
    for (int j = 0; j < CHANNELS; j++) {
        g->tokens[token][j] += dx[j];
        g->positions[t][j] += dx[j];
    }
}

/* A step of Adam, counted from 1, for each of `documents` words, whose tokens follow one another.
 *
 * parameters: the weights, updated in place like the means and the mean squares of their gradients.
 * lengths: in tokens. rates, losses: of each step. */
void train_gpt(double *parameters, double *means, double *squares, const long *tokens,
               const long *lengths, long documents, long step, const double *rates,
               double beta1, double beta2, double epsilon, double *losses)
{
    for (long n = 0; n < documents; n++, step++) {
        const Weights *w = (const Weights *)parameters;
        Weights g = {0};
        Position at[CONTEXT];
        double dkey[CONTEXT][CHANNELS] = {{0}}, dvalue[CONTEXT][CHANNELS] = {{0}};
        int count = lengths[n] - 1;

        losses[n] = 0;
        for (int t = 0; t < count; t++) {
            forward(w, at, t, tokens[t]);
            losses[n] -= log(at[t].p[tokens[t + 1]]) / count;
        }
        for (int t = count - 1; t >= 0; t--)
            backward(w, &g, at, t, tokens[t], tokens[t + 1], 1.0 / count, dkey, dvalue);
        tokens += lengths[n];

        const double *slopes = (const double *)&g;
        double seen1 = 1 - pow(beta1, step), seen2 = 1 - pow(beta2, step);
        for (size_t k = 0; k < sizeof g / sizeof *slopes; k++) {
            means[k] = beta1 * means[k] + (1 - beta1) * slopes[k];
            squares[k] = beta2 * squares[k] + (1 - beta2) * slopes[k] * slopes[k];
            parameters[k] -= rates[n] * (means[k] / seen1) / (sqrt(squares[k] / seen2) + epsilon);
        }
    }
}
