using System.Collections.Frozen;
using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Onnx;

/// <summary>
/// The operators that models may use: those whose work is fixed by the shapes of their inputs. No loops, branches or randomness, nothing that reads a
/// file, and no size that depends on the input's numbers. So time and memory of the first run hold for all later runs.
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

    // Operators with inputs that give the size of the output.
    private static readonly FrozenSet<string> SizedByAll = FrozenSet.ToFrozenSet(["ConstantOfShape", "Range"]);

    // All inputs but the first.
    private static readonly FrozenSet<string> SizedByOthers = FrozenSet.ToFrozenSet(
    [
        "CumSum", "Expand", "OneHot", "Pad", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd",
        "ReduceSum", "ReduceSumSquare", "Reshape", "Slice", "Split", "Squeeze", "Tile", "TopK", "Unsqueeze",
    ]);

    /// <summary>Refuses a graph that uses other operators, or whose nodes are not in the order of execution.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="fed">The name of its input.</param>
    /// <param name="file">The file, as refusals name it.</param>
    /// <exception cref="CheckpointException">The graph is refused.</exception>
    public static void Check(OnnxGraph graph, string fed, SourceLocation file)
    {
        var known = new HashSet<string>(StringComparer.Ordinal) { fed };
        if (graph.Weights.FirstOrDefault(weight => !known.Add(weight.Name)) is { } twice)
        {
            throw file.At("graph").Refuse($"the tensor {SourceLocation.Quote(twice.Name)} is there twice, expected it once");
        }

        // Tensors that depend on the input's numbers.
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
