/* The eager engine in C: the class Value, its operations, and backward.

   A template. `generate.py` puts the rows of the table in place of the line ROWS. Pure Python, in
   autograd_mini/engine, is the reference: it explains each step, and every result here has the same
   bits. Python also does everything that is rare: it raises DomainError, converts and refuses
   objects, keeps labels, and compares.

   Written for the limited API of Python 3.10: one build serves all later versions. */

#define Py_LIMITED_API 0x030A0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    PyObject_HEAD
    double data, grad;
    PyObject *op;     /* the row that made it; NULL for a leaf */
    PyObject *x, *y;  /* the operands: a Value or, for a constant, a float; else NULL */
    double dx, dy;    /* the partials with respect to them; unused for a constant. During a backward
                         pass, dx of a leaf is its grad of earlier passes. */
    uint64_t mark;    /* the number of the last backward pass that reached it; 0 before */
    PyObject *tag;
    PyObject *weak;   /* the weak references to it; while it is freed, the next to free */
} Value;

/* The bit of `mark` for a grad that was set to None, which is PyTorch's gradient of 0. The next pass
   that reaches the value clears it. */
#define NO_GRAD ((uint64_t)1 << 63)
/* The bit of `mark` for a value that a walk which is no backward pass has reached. No Python runs
   before it is cleared. */
#define SEEN ((uint64_t)1 << 62)

/* Starts loading memory that is needed soon: a large graph does not fit into the cache. */
#if defined(__GNUC__)
#define PREFETCH(pointer) __builtin_prefetch(pointer, 1)
#else
#define PREFETCH(pointer)
#endif

static PyTypeObject *value_type;

/* The objects of Python that the engine calls or stores; `connect` sets them. */
static struct {
    PyObject *make, *real, *assigned, *place, *entered, *nowhere, *unusual, *refuse, *leave,
        *data, *grad;
} python;

static int is_value(PyObject *object)
{
    return PyObject_TypeCheck(object, value_type);
}

/* True for a Value among the operands of a node, which are Values, floats and NULL. */
static int varies(PyObject *operand)
{
    return operand != NULL && Py_TYPE(operand) != &PyFloat_Type;
}

/* ---- the rows ---- */

/* The value of a row. Sets the partials whose pointer is not NULL. */
typedef double (*Rule)(double x, double y, double *dx, double *dy);

typedef struct {
    const char *name;
    int arity;
    Rule rule;
    PyObject *operation;  /* the row in Python's table */
} Row;

/* As in Python, a square is a product, which is rounded once. The partial of a square has the power 1,
   which is x itself: pow would take longer than all else that records the square. */
static double power(double x, double y)
{
    return y == 2.0 ? x * x : y == 1.0 ? x : pow(x, y);
}

ROWS

#define INDEX(name, arity) INDEX_##name,
enum { FOR_EACH_ROW(INDEX) COUNT };

#define ENTRY(name, arity) {#name, arity, row_##name, NULL},
static Row rows[] = {FOR_EACH_ROW(ENTRY)};

/* ---- memory ---- */

/* Nodes that were freed, for the next ones: training frees and makes the same number at each step,
   and the memory of a large graph would go back to the system and come again. They are taken in the
   order of their addresses, one page after the other. From a list they would come in the order in
   which they were freed: neighbours in the graph would soon lie far apart, and take twice the time. */
#define PAGE 4096
#define GRAIN 16  /* the addresses of Python's objects are multiples of it */
#define WORDS (PAGE / GRAIN / 64)
typedef struct Page {
    uint64_t free[WORDS];  /* a bit for each grain, set where a free node begins */
    int count;             /* of free nodes */
    uintptr_t number;      /* of the page in memory, if it has free nodes */
    struct Page *next;     /* of the pages with free nodes */
} Page;

/* At most 16 MB. Of the pages whose numbers have one remainder, one is kept at a time. */
#define PAGES 4096
static Page pages[PAGES], *page_in_use;

#ifndef REUSE
#define REUSE 1  /* 0 for tools that look for wrong uses of memory */
#endif

/* The number of the lowest bit that is set. */
static int lowest(uint64_t bits)
{
#if defined(__GNUC__)
    return __builtin_ctzll(bits);
#else
    int number = 0;
    for (; !(bits & 1); bits >>= 1)
        number++;
    return number;
#endif
}

/* A free node, or NULL. */
static Value *reuse(void)
{
    Page *page = page_in_use;
    if (page == NULL)
        return NULL;
    int word = 0;
    while (page->free[word] == 0)
        word++;
    const uintptr_t grain = (uintptr_t)(64 * word + lowest(page->free[word]));
    page->free[word] &= page->free[word] - 1;
    if (--page->count == 0)
        page_in_use = page->next;
    return (Value *)(page->number * PAGE + grain * GRAIN);
}

/* True if the node is kept for `reuse`. */
static int keep(Value *node)
{
    const uintptr_t number = (uintptr_t)node / PAGE, grain = (uintptr_t)node % PAGE / GRAIN;
    Page *page = &pages[number % PAGES];
    if (!REUSE || (uintptr_t)node % GRAIN != 0)
        return 0;
    if (page->count == 0) {
        page->number = number;
        page->next = page_in_use;
        page_in_use = page;
    }
    if (page->number != number)
        return 0;
    page->free[grain / 64] |= (uint64_t)1 << grain % 64;
    page->count++;
    return 1;
}

/* An empty Value. The collector does not know it. */
static Value *allocate(void)
{
    Value *node = reuse();
    if (node != NULL)
        Py_SET_REFCNT((PyObject *)node, 1);  /* it has kept its class */
    else if ((node = PyObject_GC_New(Value, value_type)) == NULL)
        return NULL;
    node->grad = 0.0;
    node->op = node->x = node->y = node->tag = node->weak = NULL;
    node->mark = 0;
    return node;
}

static void release(Value *node)
{
    PyTypeObject *type = Py_TYPE(node);
    if (type == value_type && keep(node))
        return;
    freefunc free_it = (freefunc)PyType_GetSlot(type, Py_tp_free);
    free_it(node);
    Py_DECREF(type);
}

/* True as soon as a Value of a subclass was made, the first that the collector knows. Until then no
   node needs to ask whether the collector knows its operands. */
static int is_collecting;

/* Frees in a loop, because a chain may be deeper than the stack: a node that loses its last
   reference while another is freed waits in a list. */
static void value_dealloc(PyObject *self)
{
    static Value *waiting;
    static int freeing;
    Value *node = (Value *)self;
    if (is_collecting)
        PyObject_GC_UnTrack(self);
    if (node->weak != NULL)
        PyObject_ClearWeakRefs(self);
    node->weak = (PyObject *)waiting;
    waiting = node;
    if (freeing)
        return;
    freeing = 1;
    while ((node = waiting) != NULL) {
        waiting = (Value *)node->weak;
        PyObject *op = node->op, *x = node->x, *y = node->y, *tag = node->tag;
        release(node);
        Py_XDECREF(op);
        Py_XDECREF(x);
        Py_XDECREF(y);
        Py_XDECREF(tag);
    }
    freeing = 0;
}

/* Like a tuple, a Value has no tp_clear: a cycle of references passes through an object that can be
   cleared, such as the attributes of a subclass. */
static int value_traverse(PyObject *self, visitproc visit, void *arg)
{
    Value *node = (Value *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(node->op);
    Py_VISIT(node->x);
    Py_VISIT(node->y);
    Py_VISIT(node->tag);
    return 0;
}

/* Like a tuple, a Value is known to the collector only if it holds an object that is, here an
   operand of a subclass or a result of one. Graphs of plain Values cost the collector nothing. */
static void track(Value *node, PyObject *operand)
{
    if (is_collecting && varies(operand) && PyObject_GC_IsTracked(operand)
        && !PyObject_GC_IsTracked((PyObject *)node))
        PyObject_GC_Track(node);
}

/* The tag of values that are made now: a new reference. */
static PyObject *place(void)
{
    if (Py_SIZE(python.entered) > 0)
        return PyObject_CallNoArgs(python.place);
    Py_INCREF(python.nowhere);
    return python.nowhere;
}

/* ---- recording ---- */

/* True for a float, and for an int that fits into one. Only then sets `number`. */
static int is_plain(PyObject *given, double *number)
{
    if (Py_TYPE(given) == &PyFloat_Type) {
        *number = PyFloat_AsDouble(given);
        return 1;
    }
    if (!PyLong_CheckExact(given))
        return 0;
    const double found = PyLong_AsDouble(given);
    if (found == -1.0 && PyErr_Occurred()) {
        PyErr_Clear();  /* Python raises the right error */
        return 0;
    }
    *number = found;
    return 1;
}

static double number_of(PyObject *operand)
{
    return varies(operand) ? ((Value *)operand)->data : PyFloat_AsDouble(operand);
}

/* The value and partials where the row gives infinity or NaN, by Python. False on DomainError. */
static int unusual(Row *row, PyObject *x, PyObject *y, double *z, double *dx, double *dy)
{
    PyObject *found = PyObject_CallFunctionObjArgs(python.unusual, row->operation, x, y, NULL);
    int done = found != NULL
        && PyArg_ParseTuple(found, row->arity == 1 ? "dd" : "ddd", z, dx, dy);
    Py_XDECREF(found);
    return done;
}

/* A node of `row` with operands that are Values or floats. Takes over the references to them. */
static PyObject *record(Row *row, PyObject *x, PyObject *y)
{
    double dx = 0.0, dy = 0.0;
    double z = row->rule(number_of(x), y == NULL ? 0.0 : number_of(y),
                         varies(x) ? &dx : NULL, varies(y) ? &dy : NULL);
    Value *node = NULL;
    PyObject *tag = NULL;
    if ((z - z == 0.0 || unusual(row, x, y, &z, &dx, &dy)) && (tag = place()) != NULL)
        node = allocate();
    if (node == NULL) {
        Py_XDECREF(tag);
        Py_DECREF(x);
        Py_XDECREF(y);
        return NULL;
    }
    node->data = z;
    node->op = row->operation;
    Py_INCREF(node->op);
    node->x = x;
    node->y = y;
    node->dx = dx;
    node->dy = dy;
    node->tag = tag;
    track(node, x);
    track(node, y);
    return (PyObject *)node;
}

/* An operand for `record`, a Value or a float: a new reference. None if it is neither a Value nor a
   real number. */
static PyObject *operand(PyObject *given)
{
    double number;
    if (Py_TYPE(given) == &PyFloat_Type || is_value(given)) {
        Py_INCREF(given);
        return given;
    }
    if (is_plain(given, &number))
        return PyFloat_FromDouble(number);
    return PyObject_CallFunctionObjArgs(python.real, given, NULL);
}

/* The node of two operands, one of them a Value. For an object that is not a number, Python raises
   an error, or for an operator returns NotImplemented, which makes it ask that object. */
static PyObject *record_two(Row *row, PyObject *left, PyObject *right, int is_operator)
{
    PyObject *x = operand(left);
    PyObject *y = x == NULL ? NULL : operand(right);
    if (y != NULL && x != Py_None && y != Py_None)
        return record(row, x, y);
    PyObject *found = NULL;
    if (y != NULL)
        found = PyObject_CallFunctionObjArgs(is_operator ? python.leave : python.refuse,
                                             row->operation, left, right, NULL);
    Py_XDECREF(x);
    Py_XDECREF(y);
    return found;
}

static PyObject *record_one(Row *row, PyObject *x)
{
    Py_INCREF(x);
    return record(row, x, NULL);
}

/* x.row() and x.row(y). */
#define METHOD(name, arity)                                                \
    static PyObject *method_##name(PyObject *x, PyObject *y)               \
    {                                                                      \
        Row *row = &rows[INDEX_##name];                                    \
        return arity == 1 ? record_one(row, x) : record_two(row, x, y, 0); \
    }
FOR_EACH_ROW(METHOD)

/* Python's operators: the function that the interpreter calls, in `slot`, and methods. */
#define UNARY(name, slot, method) \
    static PyObject *slot(PyObject *x) { return record_one(&rows[INDEX_##name], x); }
#define METHODS_OF_OPERATOR(name, method, reflected)         \
    static PyObject *name##method(PyObject *x, PyObject *y)  \
    {                                                        \
        return record_two(&rows[INDEX_##name], x, y, 1);     \
    }                                                        \
    static PyObject *name##reflected(PyObject *y, PyObject *x) { return name##method(x, y); }
#define BINARY(name, slot, method, reflected)    \
    METHODS_OF_OPERATOR(name, method, reflected) \
    static PyObject *slot(PyObject *x, PyObject *y) { return name##method(x, y); }
#define TERNARY(name, slot, method, reflected)                        \
    METHODS_OF_OPERATOR(name, method, reflected)                      \
    static PyObject *slot(PyObject *x, PyObject *y, PyObject *modulo) \
    {                                                                 \
        if (modulo == Py_None)                                        \
            return name##method(x, y);                                \
        Py_INCREF(Py_NotImplemented);                                 \
        return Py_NotImplemented;                                     \
    }
FOR_EACH_OPERATOR(UNARY, BINARY, TERNARY)

/* row(x) and row(x, y), the method `__call__` of Operation. Python computes with plain numbers. */
static PyObject *row_call(PyObject *self, PyObject *const *given, Py_ssize_t count)
{
    for (Row *row = rows; row < rows + COUNT; row++) {
        if (row->operation != self || row->arity != count)
            continue;
        if (count == 1 && is_value(given[0]))
            return record_one(row, given[0]);
        if (count == 2 && (is_value(given[0]) || is_value(given[1])))
            return record_two(row, given[0], given[1], 0);
    }
    PyObject *found = NULL;
    PyObject *by_python = PyObject_GetAttrString(self, "record");
    PyObject *arguments = PyTuple_New(count);
    if (by_python != NULL && arguments != NULL) {
        for (Py_ssize_t i = 0; i < count; i++) {
            Py_INCREF(given[i]);
            PyTuple_SetItem(arguments, i, given[i]);
        }
        found = PyObject_CallObject(by_python, arguments);
    }
    Py_XDECREF(by_python);
    Py_XDECREF(arguments);
    return found;
}

/* ---- leaves ---- */

static PyObject *new_empty(PyObject *module, PyObject *unused)
{
    return (PyObject *)allocate();
}

static PyObject *leaf(double data)
{
    PyObject *tag = place();
    Value *made = tag == NULL ? NULL : allocate();
    if (made == NULL) {
        Py_XDECREF(tag);
        return NULL;
    }
    made->data = data;
    made->tag = tag;
    return (PyObject *)made;
}

/* Value(data). Python makes the leaves with a label, refuses objects, and fills subclasses. */
static PyObject *value_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    if (type != value_type) {
        is_collecting = 1;
        allocfunc allocate_it = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
        return allocate_it(type, 0);
    }
    double number;
    if (PyTuple_Size(arguments) == 1 && keywords == NULL
        && is_plain(PyTuple_GetItem(arguments, 0), &number))
        return leaf(number);
    PyObject *first = PyTuple_New(1), *all = NULL, *made = NULL;
    if (first != NULL) {
        Py_INCREF(type);
        PyTuple_SetItem(first, 0, (PyObject *)type);
        all = PySequence_Concat(first, arguments);
    }
    if (all != NULL)
        made = PyObject_Call(python.make, all, keywords);
    Py_XDECREF(first);
    Py_XDECREF(all);
    return made;
}

/* ---- backward ---- */

/* A list. `few` holds the first, so that a small graph needs no memory. */
typedef struct {
    Value **nodes;
    size_t count, room;
    Value *few[128];
} Nodes;

static void begin_list(Nodes *list)
{
    list->nodes = list->few;
    list->count = 0;
    list->room = sizeof list->few / sizeof *list->few;
}

static void end_list(Nodes *list)
{
    if (list->nodes != list->few)
        free(list->nodes);
}

/* Doubles the room. */
static int grow(Nodes *list)
{
    size_t size = list->room * sizeof *list->nodes;
    Value **nodes = realloc(list->nodes == list->few ? NULL : list->nodes, 2 * size);
    if (nodes == NULL) {
        PyErr_NoMemory();
        return 0;
    }
    if (list->nodes == list->few)
        memcpy(nodes, list->few, size);
    list->nodes = nodes;
    list->room *= 2;
    return 1;
}

static inline int push(Nodes *list, Value *node)
{
    if (list->count == list->room && !grow(list))
        return 0;
    list->nodes[list->count++] = node;
    return 1;
}

/* What a backward pass needs: the results, operands first, and the leaves that have gradients of
   earlier passes. */
typedef struct {
    Nodes order, leaves;
} Pass;

static void start_pass(Pass *pass)
{
    begin_list(&pass->order);
    begin_list(&pass->leaves);
}

static void end_pass(Pass *pass)
{
    end_list(&pass->order);
    end_list(&pass->leaves);
}

/* The functions `walk` of value.py and `topological_order` of graph.py: the same order, which is the
   order of the additions. A value was reached if the bits of `mask` in its mark are `token`. Only a
   backward pass writes `grad`, and keeps the leaves apart. */
static int walk(Value *root, uint64_t mask, uint64_t token, int is_pass, Pass *pass)
{
    Nodes above;
    begin_list(&above);
    Value *node = root;
    int done = 0;
    for (;;) {
        Value *next = NULL;
        PREFETCH(node->y);  /* visited after all that is below x */
        /* The first operand may have been entered already; its mark says so. */
        for (int second = 0; second < 2 && next == NULL; second++) {
            PyObject *held = second ? node->y : node->x;
            Value *below = (Value *)held;
            if (!varies(held) || (below->mark & mask) == token)
                continue;
            if (below->op != NULL) {
                next = below;
                if (!push(&above, node))
                    goto end;
                if (is_pass)
                    below->grad = 0.0;
            } else if (is_pass ? below->grad != 0.0 && !push(&pass->leaves, below)
                               : !push(&pass->order, below))
                goto end;
            below->mark = (below->mark & ~mask) | token;
        }
        if (next != NULL) {
            node = next;
            continue;
        }
        if (!push(&pass->order, node))
            goto end;
        if (above.count == 0)
            break;
        node = above.nodes[--above.count];
    }
    done = 1;
end:
    if (!done)  /* without memory: those on the way have not got into the order */
        for (node->mark &= ~SEEN; above.count > 0;)
            above.nodes[--above.count]->mark &= ~SEEN;
    end_list(&above);
    return done;
}

/* The function `begin_pass` of value.py. */
static int begin_pass(Value *root, Pass *pass)
{
    static uint64_t passes = 1;  /* 1 is the mark of a pass in another process; see set_mark */
    start_pass(pass);
    root->mark = ++passes;
    if (!(root->op == NULL ? push(&pass->leaves, root)
                           : walk(root, ~(uint64_t)0, root->mark, 1, pass)))
        return 0;
    for (size_t i = 0; i < pass->leaves.count; i++) {
        Value *leaf = pass->leaves.nodes[i];
        leaf->dx = leaf->grad;
        leaf->grad = 0.0;
    }
    root->grad = 1.0;
    return 1;
}

static int check_value(PyObject *root)
{
    if (is_value(root))
        return 1;
    PyErr_Format(PyExc_TypeError, "a backward pass starts from a Value, got %R", root);
    return 0;
}

/* The method `backward` of value.py, without following comparisons. No Python runs in between. */
static PyObject *sweep(PyObject *module, PyObject *root)
{
    Pass pass;
    if (!check_value(root))
        return NULL;
    if (!begin_pass((Value *)root, &pass)) {
        end_pass(&pass);
        return NULL;
    }
    for (size_t i = pass.order.count; i-- > 0;) {
        Value *node = pass.order.nodes[i];
        double adjoint = node->grad;
        if (varies(node->x))
            ((Value *)node->x)->grad += adjoint * node->dx;
        if (varies(node->y))
            ((Value *)node->y)->grad += adjoint * node->dy;
    }
    for (size_t i = 0; i < pass.leaves.count; i++)
        pass.leaves.nodes[i]->grad += pass.leaves.nodes[i]->dx;
    end_pass(&pass);
    Py_RETURN_NONE;
}

/* The same results as `begin_pass` of value.py, as lists, for passes that Python makes. */
static PyObject *begin_pass_of(PyObject *module, PyObject *root)
{
    Pass pass;
    if (!check_value(root))
        return NULL;
    PyObject *order = NULL, *leaves = NULL, *both = NULL;
    if (begin_pass((Value *)root, &pass)) {
        order = PyList_New(0);
        leaves = PyList_New(0);
    }
    int fine = order != NULL && leaves != NULL;
    for (size_t i = pass.order.count; fine && i-- > 0;)
        fine = PyList_Append(order, (PyObject *)pass.order.nodes[i]) == 0;
    for (size_t i = 0; fine && i < pass.leaves.count; i++) {
        Value *leaf = pass.leaves.nodes[i];
        PyObject *pair = Py_BuildValue("(Od)", leaf, leaf->dx);
        fine = pair != NULL && PyList_Append(leaves, pair) == 0;
        Py_XDECREF(pair);
    }
    if (fine)
        both = PyTuple_Pack(2, order, leaves);
    Py_XDECREF(order);
    Py_XDECREF(leaves);
    end_pass(&pass);
    return both;
}

/* ---- graphs as data ---- */

/* A list of the nodes: a new reference, or NULL. */
static PyObject *listed(const Nodes *nodes)
{
    PyObject *list = PyList_New((Py_ssize_t)nodes->count);
    for (size_t i = 0; list != NULL && i < nodes->count; i++) {
        Py_INCREF(nodes->nodes[i]);
        PyList_SetItem(list, (Py_ssize_t)i, (PyObject *)nodes->nodes[i]);
    }
    return list;
}

/* The function `topological_order` of graph.py, for a list of roots. */
static PyObject *topological_order(PyObject *module, PyObject *roots)
{
    Pass pass;
    start_pass(&pass);
    Py_ssize_t count = PyList_Size(roots);
    int fine = count >= 0;
    for (Py_ssize_t i = 0; fine && i < count; i++) {
        Value *root = (Value *)PyList_GetItem(roots, i);
        if (!(fine = check_value((PyObject *)root)) || root->mark & SEEN)
            continue;
        root->mark |= SEEN;
        fine = walk(root, SEEN, SEEN, 0, &pass);
    }
    for (size_t i = 0; i < pass.order.count; i++)
        pass.order.nodes[i]->mark &= ~SEEN;
    PyObject *order = fine ? listed(&pass.order) : NULL;
    end_pass(&pass);
    return order;
}

/* The columns of a tape; see the class `Columns` of tape.py. */
typedef struct {
    PyObject *rows, *tags;
    int *codes, *xs, *ys;
    double *constants, *data;
    size_t size, made;  /* the numbers of values and of constants */
} Columns;

/* The place of an operand of a node. False if it is a Value that is not in the list. */
static int place_of(PyObject *operand, PyObject *order, Columns *columns, int *place)
{
    size_t found = columns->size;  /* of an operand that is missing */
    if (varies(operand)) {
        found = ((Value *)operand)->mark & ~SEEN;
        if (found >= columns->size || PyList_GetItem(order, (Py_ssize_t)found) != operand) {
            PyErr_SetString(PyExc_ValueError, "an operand of a value is not in the list");
            return 0;
        }
    } else if (operand != NULL) {
        found = columns->size + columns->made;
        columns->constants[columns->made++] = PyFloat_AsDouble(operand);
    }
    *place = (int)found;
    return 1;
}

/* Fills in the entry of a value. */
static int fill(size_t place, PyObject *order, Columns *columns)
{
    Value *node = (Value *)PyList_GetItem(order, (Py_ssize_t)place);
    int code = 0, known = (int)PyList_Size(columns->rows);
    if (node->op != NULL) {
        for (code = 1; code <= known && PyList_GetItem(columns->rows, code - 1) != node->op;)
            code++;
        if (code > known && PyList_Append(columns->rows, node->op) != 0)
            return 0;
    }
    columns->codes[place] = code;
    columns->data[place] = node->data;
    return place_of(node->x, order, columns, &columns->xs[place])
        && place_of(node->y, order, columns, &columns->ys[place])
        && PyList_Append(columns->tags, node->tag) == 0;
}

/* The function `columns` of tape.py. In between the mark of a value is its place. */
static PyObject *columns_of(PyObject *module, PyObject *order)
{
    Py_ssize_t count = PyList_Size(order);
    if (count < 0)
        return NULL;
    const size_t size = (size_t)count;
    Columns columns = {PyList_New(0), PyList_New(0), NULL, NULL, NULL, NULL, NULL, size, 1};
    uint64_t *marks = malloc((size + 1) * sizeof *marks);
    columns.codes = malloc((3 * size + 1) * sizeof(int));
    columns.data = malloc((3 * size + 1) * sizeof(double));
    int fine = columns.rows != NULL && columns.tags != NULL;
    if (fine && (marks == NULL || columns.codes == NULL || columns.data == NULL)) {
        PyErr_NoMemory();
        fine = 0;
    }
    size_t marked = 0;
    for (; fine && marked < size; marked++) {
        Value *node = (Value *)PyList_GetItem(order, (Py_ssize_t)marked);
        if (!(fine = check_value((PyObject *)node)))
            break;
        marks[marked] = node->mark;
        node->mark = SEEN | marked;
    }
    if (fine) {
        columns.xs = columns.codes + size;
        columns.ys = columns.xs + size;
        columns.constants = columns.data + size;
        columns.constants[0] = 0.0;
    }
    for (size_t place = 0; fine && place < size; place++)
        fine = fill(place, order, &columns);
    while (marked-- > 0)
        ((Value *)PyList_GetItem(order, (Py_ssize_t)marked))->mark = marks[marked];
    PyObject *found = NULL;
    if (fine) {
        const Py_ssize_t ints = count * (Py_ssize_t)sizeof(int);
        const Py_ssize_t constants = (Py_ssize_t)(columns.made * sizeof(double));
        found = Py_BuildValue("Oy#y#y#y#y#O", columns.rows, columns.codes, ints, columns.xs, ints,
                              columns.ys, ints, columns.constants, constants, columns.data,
                              count * (Py_ssize_t)sizeof(double), columns.tags);
    }
    Py_XDECREF(columns.rows);
    Py_XDECREF(columns.tags);
    free(columns.codes);
    free(columns.data);
    free(marks);
    return found;
}

/* ---- attributes ---- */

#define AT(type, self, offset) (*(type *)((char *)(self) + (size_t)(offset)))

/* Converts the object that is assigned to `data` or `grad`, or refuses it as Python does. */
static int convert(PyObject *self, const char *name, PyObject *given, double *number)
{
    if (given == NULL) {
        PyErr_Format(PyExc_AttributeError, "a Value keeps its %s", name);
        return -1;
    }
    if (is_plain(given, number))
        return 0;
    PyObject *found = PyObject_CallFunction(python.assigned, "OsO", self, name, given);
    if (found == NULL)
        return -1;
    *number = PyFloat_AsDouble(found);
    Py_DECREF(found);
    return 0;
}

static PyObject *get_data(PyObject *self, void *unused)
{
    return PyFloat_FromDouble(((Value *)self)->data);
}

static int set_data(PyObject *self, PyObject *given, void *unused)
{
    return convert(self, "data", given, &((Value *)self)->data);
}

static PyObject *get_grad(PyObject *self, void *unused)
{
    Value *node = (Value *)self;
    if (node->mark & NO_GRAD)
        Py_RETURN_NONE;
    return PyFloat_FromDouble(node->grad);
}

static int set_grad(PyObject *self, PyObject *given, void *unused)
{
    Value *node = (Value *)self;
    if (given == Py_None) {
        node->grad = 0.0;
        node->mark |= NO_GRAD;
        return 0;
    }
    if (convert(self, "grad", given, &node->grad) != 0)
        return -1;
    node->mark &= ~NO_GRAD;
    return 0;
}

/* Finds the two attributes that every step of a training assigns, which is faster than by the class. */
static int value_setattr(PyObject *self, PyObject *name, PyObject *given)
{
    if (Py_TYPE(self) == value_type && name == python.data)
        return set_data(self, given, NULL);
    if (Py_TYPE(self) == value_type && name == python.grad)
        return set_grad(self, given, NULL);
    return PyObject_GenericSetAttr(self, name, given);
}

static PyObject *get_partial(PyObject *self, void *offset)
{
    Value *node = (Value *)self;
    if (varies((size_t)offset == offsetof(Value, dx) ? node->x : node->y))
        return PyFloat_FromDouble(AT(double, self, offset));
    Py_RETURN_NONE;
}

/* None, for a constant, is known from the operand. */
static int set_partial(PyObject *self, PyObject *given, void *offset)
{
    double number = given == NULL || given == Py_None ? 0.0 : PyFloat_AsDouble(given);
    if (number == -1.0 && PyErr_Occurred())
        return -1;
    AT(double, self, offset) = number;
    return 0;
}

static PyObject *get_object(PyObject *self, void *offset)
{
    PyObject *held = AT(PyObject *, self, offset);
    if (held == NULL)
        held = Py_None;
    Py_INCREF(held);
    return held;
}

static int set_object(PyObject *self, PyObject *given, void *offset)
{
    PyObject *before = AT(PyObject *, self, offset);
    if (given == Py_None)
        given = NULL;
    Py_XINCREF(given);
    AT(PyObject *, self, offset) = given;
    Py_XDECREF(before);
    return 0;
}

static int set_operand(PyObject *self, PyObject *given, void *offset)
{
    if (given != NULL && given != Py_None && Py_TYPE(given) != &PyFloat_Type && !is_value(given)) {
        PyErr_Format(PyExc_TypeError, "an operand is a Value or a float, got %R", given);
        return -1;
    }
    set_object(self, given, offset);
    track((Value *)self, AT(PyObject *, self, offset));
    return 0;
}

static PyObject *get_mark(PyObject *self, void *unused)
{
    uint64_t mark = ((Value *)self)->mark & ~NO_GRAD;
    if (mark == 0)
        Py_RETURN_NONE;
    return PyLong_FromUnsignedLongLong(mark);
}

/* Copies and pickles set it. A mark of another process must not look like one of this process. */
static int set_mark(PyObject *self, PyObject *given, void *unused)
{
    Value *node = (Value *)self;
    node->mark = (node->mark & NO_GRAD) | (given != NULL && given != Py_None);
    return 0;
}

#define OFFSET(name) (void *)offsetof(Value, name)
static PyGetSetDef attributes[] = {
    {"_data", get_data, set_data, NULL, NULL},
    {"_grad", get_grad, set_grad, NULL, NULL},
    {"op", get_object, set_object, NULL, OFFSET(op)},
    {"_x", get_object, set_operand, NULL, OFFSET(x)},
    {"_y", get_object, set_operand, NULL, OFFSET(y)},
    {"_dx", get_partial, set_partial, NULL, OFFSET(dx)},
    {"_dy", get_partial, set_partial, NULL, OFFSET(dy)},
    {"_mark", get_mark, set_mark, NULL, NULL},
    {"_tag", get_object, set_object, NULL, OFFSET(tag)},
    {NULL},
};

static PyMemberDef members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Value, weak), READONLY, NULL},
    {NULL},
};

/* A documentation begins with the signature, as `inspect` reads it. METH_COEXIST: instead of the
   methods that Python would make for the slots, which are documented as "Return self+value". */
#define NO_OPERAND(method) #method "($self, /)\n--\n\n"
#define ONE_OPERAND(method) #method "($self, other, /)\n--\n\n"
#define METHOD_ENTRY(name, arity)                             \
    {#name, method_##name, arity == 1 ? METH_NOARGS : METH_O, \
     arity == 1 ? NO_OPERAND(name) DOC_##name : ONE_OPERAND(name) DOC_##name},
#define UNARY_ENTRY(name, slot, method) \
    {#method, method_##name, METH_NOARGS | METH_COEXIST, NO_OPERAND(method) DOC_##name},
#define BINARY_ENTRY(name, slot, method, reflected)                                      \
    {#method, name##method, METH_O | METH_COEXIST, ONE_OPERAND(method) DOC_##name},      \
    {#reflected, name##reflected, METH_O | METH_COEXIST, ONE_OPERAND(reflected) DOC_##name},
static PyMethodDef methods[] = {
    FOR_EACH_ROW(METHOD_ENTRY)
    FOR_EACH_OPERATOR(UNARY_ENTRY, BINARY_ENTRY, BINARY_ENTRY)
    {NULL},
};

#define SLOT_ENTRY(name, slot, ...) {Py_##slot, slot},
static PyType_Slot slots[] = {
    FOR_EACH_OPERATOR(SLOT_ENTRY, SLOT_ENTRY, SLOT_ENTRY)
    {Py_tp_new, value_new},
    {Py_tp_setattro, value_setattr},
    {Py_tp_dealloc, value_dealloc},
    {Py_tp_traverse, value_traverse},
    {Py_tp_getset, attributes},
    {Py_tp_members, members},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec specification = {
    "autograd_mini.engine.value.Value", sizeof(Value), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots,
};

/* ---- the module ---- */

/* The values of all rows at two numbers, by name. */
static PyObject *values(PyObject *module, PyObject *arguments)
{
    double x, y;
    if (!PyArg_ParseTuple(arguments, "dd", &x, &y))
        return NULL;
    PyObject *found = PyDict_New();
    for (int i = 0; found != NULL && i < COUNT; i++) {
        PyObject *z = PyFloat_FromDouble(rows[i].rule(x, y, NULL, NULL));
        if (z == NULL || PyDict_SetItemString(found, rows[i].name, z) != 0)
            Py_CLEAR(found);
        Py_XDECREF(z);
    }
    return found;
}

/* connect(metaclass, make, real, assigned, place, entered, nowhere): before Values are made. */
static PyObject *connect(PyObject *module, PyObject *arguments)
{
    PyObject *metaclass;
    if (!PyArg_ParseTuple(arguments, "OOOOOOO", &metaclass, &python.make, &python.real,
                          &python.assigned, &python.place, &python.entered, &python.nowhere))
        return NULL;
    Py_INCREF(arguments);  /* the engine keeps them for ever */
    /* PyType_FromMetaclass would say so, but came with Python 3.12. */
    Py_SET_TYPE((PyObject *)value_type, (PyTypeObject *)metaclass);
    Py_RETURN_NONE;
}

/* connect_rows(table, operation, unusual, refuse, leave): before operations are recorded. */
static PyObject *connect_rows(PyObject *module, PyObject *arguments)
{
    static PyMethodDef definition = {"__call__", (PyCFunction)(void (*)(void))row_call,
                                     METH_FASTCALL, "__call__($self, /, *operands)\n--\n\n"};
    PyObject *table, *operation;
    if (!PyArg_ParseTuple(arguments, "OOOOO", &table, &operation, &python.unusual, &python.refuse,
                          &python.leave))
        return NULL;
    Py_INCREF(arguments);
    for (int i = 0; i < COUNT; i++) {
        PyObject *row = PyDict_GetItemString(table, rows[i].name);
        if (row == NULL) {
            PyErr_Format(PyExc_LookupError, "the table has no row %s", rows[i].name);
            return NULL;
        }
        Py_INCREF(row);
        rows[i].operation = row;
    }
    PyObject *call = PyDescr_NewMethod((PyTypeObject *)operation, &definition);
    if (call == NULL)
        return NULL;
    int failed = PyObject_SetAttrString(operation, "__call__", call);
    Py_DECREF(call);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"connect", connect, METH_VARARGS, NULL},
    {"connect_rows", connect_rows, METH_VARARGS, NULL},
    {"values", values, METH_VARARGS, NULL},
    {"new", new_empty, METH_NOARGS, NULL},
    {"sweep", sweep, METH_O, NULL},
    {"begin_pass", begin_pass_of, METH_O, NULL},
    {"topological_order", topological_order, METH_O, NULL},
    {"columns", columns_of, METH_O, NULL},
    {NULL},
};

static int execute(PyObject *module)
{
    /* The class has static storage, so it serves one interpreter of a process. */
    if (value_type != NULL) {
        PyErr_SetString(PyExc_ImportError, "another interpreter of this process has loaded it");
        return -1;
    }
    PyObject *type = PyType_FromSpec(&specification);
    PyObject *name = PyUnicode_FromString("Value");
    /* Error messages name a class by its specification, and a class of Python by `__name__`. */
    python.data = PyUnicode_InternFromString("data");
    python.grad = PyUnicode_InternFromString("grad");
    if (type == NULL || name == NULL || python.data == NULL || python.grad == NULL || PyObject_SetAttrString(type, "__name__", name) != 0
        || PyObject_SetAttrString(module, "Value", type) != 0)
        return -1;
    Py_DECREF(name);
    value_type = (PyTypeObject *)type;
    return 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", NULL, 0, functions, module_slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
