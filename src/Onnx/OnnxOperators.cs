using System.Collections.Frozen;
using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Onnx;

/// <summary>
/// The operators that models may use: those that compute a fixed amount from their inputs. No loops, no branches, no randomness, nothing that reads a file, and
/// no size that depends on the numbers a model is fed: what a first run shows of time and memory then holds for all later ones.
/// </summary>
internal static class OnnxOperators
{
    private static readonly FrozenSet<string> Plain = FrozenSet.ToFrozenSet(
    [
        "Abs", "Acos", "Add", "And", "ArgMax", "ArgMin", "Asin", "Atan", "AveragePool", "BatchNormalization", "Cast", "CastLike", "Ceil", "Celu", "Clip",
        "Concat", "Constant", "Conv", "ConvTranspose", "Cos", "Cosh", "Div", "Dropout", "Einsum", "Elu", "Equal", "Erf", "Exp", "Flatten", "Floor", "GRU",
        "Gather", "GatherElements", "GatherND", "Gelu", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Greater", "GreaterOrEqual", "GroupNormalization",
        "HardSigmoid", "HardSwish", "Hardmax", "Identity", "InstanceNormalization", "IsInf", "IsNaN", "LRN", "LSTM", "LayerNormalization", "LeakyRelu",
        "Less", "LessOrEqual", "Log", "LogSoftmax", "LpNormalization", "MatMul", "Max", "MaxPool", "Mean", "MeanVarianceNormalization", "Min", "Mish",
        "Mod", "Mul", "Neg", "Not", "Or", "PRelu", "Pow", "RNN", "Reciprocal", "Relu", "Round", "ScatterElements", "ScatterND", "Selu", "Shape", "Sigmoid",
        "Sign", "Sin", "Sinh", "Size", "Softmax", "Softplus", "Softsign", "Sqrt", "Sub", "Sum", "Tan", "Tanh", "ThresholdedRelu", "Transpose", "Trilu",
        "Where", "Xor",
    ]);

    // And those whose inputs say how large what they make is.
    private static readonly FrozenSet<string> SizedByAll = FrozenSet.ToFrozenSet(["ConstantOfShape", "Range"]);

    // Or all but the first.
    private static readonly FrozenSet<string> SizedByOthers = FrozenSet.ToFrozenSet(
    [
        "CumSum", "Expand", "OneHot", "Pad", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd",
        "ReduceSum", "ReduceSumSquare", "Reshape", "Slice", "Split", "Squeeze", "Tile", "TopK", "Unsqueeze",
    ]);

    /// <summary>Refuses a graph with other operators, or one that is not in the order it runs in.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="fed">The name of what it is fed.</param>
    /// <param name="file">What refusals name.</param>
    /// <exception cref="CheckpointException">It has.</exception>
    public static void Check(OnnxGraph graph, string fed, SourceLocation file)
    {
        var known = new HashSet<string>(StringComparer.Ordinal) { fed };
        if (graph.Weights.FirstOrDefault(weight => !known.Add(weight.Name)) is { } twice)
        {
            throw file.At("graph").Refuse($"the tensor {SourceLocation.Quote(twice.Name)} is there twice, expected it once");
        }

        // What depends on the numbers that are fed.
        var fromNumbers = new HashSet<string>(StringComparer.Ordinal) { fed };
        foreach (var (index, node) in graph.Nodes.Index())
        {
            var place = file.At($"node {index}");
            var firstSize = SizedByAll.Contains(node.Operator) ? 0 : SizedByOthers.Contains(node.Operator) ? 1 : int.MaxValue;
            if (firstSize == int.MaxValue && !Plain.Contains(node.Operator))
            {
                throw place.Refuse(
                    $"the operator {SourceLocation.Quote(node.Operator)}, expected one that computes a fixed amount, without loops, branches, randomness and "
                        + $"files");
            }

            if (node.Inputs.FirstOrDefault(name => name.Length > 0 && !known.Contains(name)) is { } missing)
            {
                throw place.Refuse($"{node.Operator} takes {SourceLocation.Quote(missing)}, which nothing before it makes");
            }

            if (node.Inputs.Skip(firstSize).FirstOrDefault(fromNumbers.Contains) is { } size)
            {
                throw place.Refuse(
                    $"the size of what {node.Operator} makes depends through {SourceLocation.Quote(size)} on the numbers it is fed, expected fixed sizes");
            }

            var depends = node.Operator is not ("Shape" or "Size") && node.Inputs.Any(fromNumbers.Contains);
            foreach (var output in node.Outputs.Where(name => name.Length > 0))
            {
                if (!known.Add(output))
                {
                    throw place.Refuse($"{node.Operator} makes {SourceLocation.Quote(output)}, which is there already");
                }

                if (depends)
                {
                    fromNumbers.Add(output);
                }
            }
        }
    }
}
