using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Onnx.Protobuf;

namespace Coinsphere.Messaging.Onnx;

/// <summary>
/// Reads an ONNX file before any native code does. Unknown messages and fields are refused, and so is everything that is not a plain network: graphs
/// within graphs, functions, training, sparse tensors, weights in other files.
/// </summary>
internal static partial class OnnxReader
{
    /// <summary>A network of 16 million weights: thirty times a checkpoint of the usual size.</summary>
    public const int MaxSize = 64 << 20;

    private const int MaxNodes = 10_000;
    private const int MaxNames = 1_000;
    private const int MaxMetadata = 200;
    private const int MaxNameLength = 1_000;

    public static (OnnxGraph Graph, IReadOnlyDictionary<string, string> Metadata) Read(ReadOnlyMemory<byte> content, string name)
    {
        var file = new SourceLocation(name, "file");
        if (content.Length is 0 or > MaxSize)
        {
            throw file.Refuse($"it has {content.Length:N0} bytes, expected 1 to {MaxSize:N0}");
        }

        OnnxGraph? graph = null;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var (domains, versioned) = (0, false);
        var model = new ProtoMessage(content, 0, content.Length, file);
        while (model.Next())
        {
            switch (model.Field)
            {
                case 1: // ir_version
                    model.Once().Int64();
                    versioned = true;
                    break;
                case 2 or 3 or 4 or 6: // producer_name, producer_version, domain, doc_string
                    model.Once().Bytes();
                    break;
                case 5: // model_version
                    model.Once().Int64();
                    break;
                case 7:
                    graph = ReadGraph(model.Once().Message("graph"));
                    break;
                case 8:
                    domains++;
                    ReadDomain(model.Message("opset_import"));
                    break;
                case 14:
                    ReadEntry(model.Message("metadata_props"), metadata);
                    break;
                case 20 or 25:
                    throw file.Refuse($"it holds {(model.Field == 20 ? "training" : "functions of its own")}, expected a network alone");
                default:
                    throw model.Unexpected();
            }
        }

        return versioned && domains == 1 && graph is not null
            ? (graph, metadata)
            : throw file.Refuse("no ONNX model with one set of operators and a graph, expected what torch.onnx.export writes");
    }

    private static void ReadDomain(ProtoMessage domain)
    {
        while (domain.Next())
        {
            switch (domain.Field)
            {
                case 1 when domain.Once().Text() is var name:
                    RefuseOther(name, domain.Location);
                    break;
                case 2:
                    domain.Once().Int64();
                    break;
                default:
                    throw domain.Unexpected();
            }
        }
    }

    private static void ReadEntry(ProtoMessage entry, Dictionary<string, string>? into)
    {
        var (key, value) = ("", "");
        while (entry.Next())
        {
            switch (entry.Field)
            {
                case 1:
                    key = entry.Once().Text();
                    break;
                case 2:
                    value = entry.Once().Text();
                    break;
                default:
                    throw entry.Unexpected();
            }
        }

        if (into is null)
        {
            return;
        }

        if (into.Count == MaxMetadata)
        {
            throw entry.Location.Refuse($"more than {MaxMetadata} entries");
        }

        if (!into.TryAdd(key, value))
        {
            throw entry.Location.Refuse($"{SourceLocation.Quote(key)} is there twice, expected it once");
        }
    }

    private static OnnxGraph ReadGraph(ProtoMessage graph)
    {
        var (nodes, weights, inputs, outputs) = (new List<OnnxNode>(), new List<OnnxTensor>(), new List<OnnxValue>(), new List<OnnxValue>());
        while (graph.Next())
        {
            switch (graph.Field)
            {
                case 1:
                    nodes.Add(ReadNode(graph.Message($"node {nodes.Count}")));
                    break;
                case 2 or 10: // name, doc_string
                    graph.Once().Bytes();
                    break;
                case 5:
                    weights.Add(ReadTensor(graph.Message($"initializer {weights.Count}")));
                    break;
                case 11:
                    inputs.Add(ReadValue(graph.Message($"input {inputs.Count}")));
                    break;
                case 12:
                    outputs.Add(ReadValue(graph.Message($"output {outputs.Count}")));
                    break;
                case 13: // value_info
                    ReadValue(graph.Message("value_info"));
                    break;
                case 16: // metadata_props
                    ReadEntry(graph.Message("graph metadata_props"), null);
                    break;
                case 15:
                    throw graph.Location.Refuse("sparse weights, expected dense ones");
                default:
                    throw graph.Unexpected();
            }

            if (nodes.Count > MaxNodes || weights.Count > MaxNodes)
            {
                throw graph.Location.Refuse($"more than {MaxNodes:N0} operations or tensors");
            }
        }

        return new OnnxGraph(nodes, weights, inputs, outputs);
    }

    private static OnnxNode ReadNode(ProtoMessage node)
    {
        var (inputs, outputs, type) = (new List<string>(), new List<string>(), "");
        while (node.Next())
        {
            switch (node.Field)
            {
                case 1:
                    inputs.Add(Name(node));
                    break;
                case 2:
                    outputs.Add(Name(node));
                    break;
                case 3 or 6: // name, doc_string
                    node.Once().Text();
                    break;
                case 4:
                    type = node.Once().Text();
                    break;
                case 5:
                    ReadAttribute(node.Message($"{node.Location.Where} attribute"));
                    break;
                case 7:
                    RefuseOther(node.Once().Text(), node.Location);
                    break;
                case 8 when node.Once().Text() is var overload: // of a function
                    if (overload.Length > 0)
                    {
                        throw node.Location.Refuse($"the overload {SourceLocation.Quote(overload)}, expected none");
                    }

                    break;
                case 9: // metadata_props
                    ReadEntry(node.Message(node.Location.Where), null);
                    break;
                default:
                    throw node.Unexpected();
            }

            if (inputs.Count > MaxNames || outputs.Count > MaxNames)
            {
                throw node.Location.Refuse($"more than {MaxNames:N0} inputs or outputs");
            }
        }

        return new OnnxNode(type, inputs, outputs);
    }

    private static void ReadAttribute(ProtoMessage attribute)
    {
        while (attribute.Next())
        {
            switch (attribute.Field)
            {
                case 1 or 13: // name, doc_string
                    attribute.Once().Text();
                    break;
                case 2:
                    attribute.Once().Float();
                    break;
                case 3 or 20: // i, type
                    attribute.Once().Int64();
                    break;
                case 4: // s
                    attribute.Once().Bytes();
                    break;
                case 5:
                    ReadTensor(attribute.Once().Message(attribute.Location.Where));
                    break;
                case 7: // floats
                    attribute.Reals(sizeof(float));
                    break;
                case 8: // ints
                    attribute.Int64s([]);
                    break;
                case 9: // strings
                    attribute.Bytes();
                    break;
                case 6 or 11:
                    throw attribute.Location.Refuse("a graph within the graph, expected plain operations");
                default:
                    throw attribute.Location.Refuse($"field {attribute.Field}, expected a number, a text, a tensor or several numbers");
            }
        }
    }

    private static string Name(ProtoMessage message)
    {
        var name = message.Text();
        return name.Length <= MaxNameLength && !name.Contains('\0', StringComparison.Ordinal)
            ? name
            : throw message.Location.Refuse($"the name {SourceLocation.Quote(name)}, expected one of at most {MaxNameLength:N0} characters");
    }

    private static void RefuseOther(string domain, SourceLocation place)
    {
        if (domain is not ("" or "ai.onnx"))
        {
            throw place.Refuse($"operators of {SourceLocation.Quote(domain)}, expected those of ONNX itself");
        }
    }
}
