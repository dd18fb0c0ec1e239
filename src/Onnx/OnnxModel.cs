using System.Globalization;
using System.Security.Cryptography;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Files;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Onnx;

/// <summary>The content of an ONNX file, validated without running it.</summary>
/// <param name="Name">The file, by the name given to the reader.</param>
/// <param name="Content">The file itself.</param>
/// <param name="SequenceLength">Time steps of a window.</param>
/// <param name="Features">The network's input features, as columns of the 20, in its order.</param>
/// <param name="Scaler">The standardisation of the 20 features, with a scale of 0 for those that are no input; null where each window is standardised
/// on its own.</param>
/// <param name="GivesLogits">Whether its output is logits, to be converted to probabilities.</param>
/// <param name="Metadata">The trainer's metadata.</param>
/// <param name="Calibrations">The calibrations by horizon of 7, 14 or 30 days; null where its probabilities are used as they are.</param>
public sealed record OnnxModel(
    string Name, ReadOnlyMemory<byte> Content, int SequenceLength, IReadOnlyList<int> Features, FeatureScaler? Scaler, bool GivesLogits,
    CheckpointMetadata Metadata,
    IReadOnlyDictionary<int, ClassCalibration>? Calibrations)
{
    /// <summary>SHA-256 of the file in lower-case hex.</summary>
    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Content.Span));

    /// <summary>The number of its weights.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Its operators, each once, ordered by name.</summary>
    public required IReadOnlyList<string> Operators { get; init; }

    /// <summary>Its stored tensors.</summary>
    public required IReadOnlyList<TensorDescription> Tensors { get; init; }

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file; messages name it as given here.</param>
    /// <exception cref="CheckpointException">It is not a network that this system serves, or is damaged.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static OnnxModel Read(string path)
    {
        if (RegularFile.OtherKind(path) is { } kind)
        {
            throw new CheckpointException(path, "file", $"it is {kind}, expected a regular file");
        }

        using var stream = RegularFile.OpenRead(path);
        if (stream.Length > OnnxReader.MaxSize)
        {
            throw new CheckpointException(path, "file", $"it has {stream.Length:N0} bytes, expected at most {OnnxReader.MaxSize:N0}");
        }

        var content = new byte[stream.Length];
        return Read(content.AsMemory(0, stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)), path);
    }

    /// <summary>Checks a file's content.</summary>
    /// <param name="content">The file; it must not change afterwards.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="CheckpointException">It is not a network that this system serves, or is damaged.</exception>
    public static OnnxModel Read(ReadOnlyMemory<byte> content, string name)
    {
        var file = new SourceLocation(name, "file");
        var (graph, properties) = OnnxReader.Read(content, name);
        var settings = new OnnxSettings(properties, file);
        var (length, features) = (settings.SequenceLength(), settings.Features());
        var weights = graph.Weights.Select(weight => weight.Name).ToHashSet(StringComparer.Ordinal);
        // Older files list their weights among the inputs too.
        var inputs = graph.Inputs.Where(input => !weights.Contains(input.Name)).ToList();
        if (inputs is not [{ Type: OnnxType.Float, Shape: [_, _, _] shape } input])
        {
            throw file.At("graph").Refuse($"the inputs {Describe(inputs)}, expected one of float32 [batch, {length}, {features.Length}]");
        }

        if (shape[0] is not null)
        {
            var axes = $"dynamic_axes={{{SourceLocation.Quote(input.Name)}: {{0: 'batch'}}}}";
            throw file.At("graph").Refuse($"the input {Describe(inputs)}, expected its first size to be left open for several windows: {axes}");
        }

        if ((shape[1] ?? length) != length || (shape[2] ?? features.Length) != features.Length)
        {
            throw file.At("graph").Refuse($"the input {Describe(inputs)}, expected [batch, {length}, {features.Length}] by its sequence_length and features");
        }

        if (graph.Outputs is not [{ Type: OnnxType.Float, Shape: null or [null, null or Classes.Count] }])
        {
            throw file.At("graph").Refuse($"the outputs {Describe(graph.Outputs)}, expected one of float32 [batch, {Classes.Count}]");
        }

        OnnxOperators.Check(graph, input.Name, file);
        return new OnnxModel(name, content, length, features, settings.Scaler(features), settings.GivesLogits(), settings.Metadata(), settings.Calibrations())
        {
            ParameterCount = graph.Weights.Where(weight => weight.Type is OnnxType.Float or OnnxType.Double or OnnxType.Float16).Sum(weight => weight.Count),
            Operators = [.. graph.Nodes.Select(node => node.Operator).Distinct().Order(StringComparer.Ordinal)],
            Tensors = [.. graph.Weights.Select(weight => new TensorDescription(weight.Name, NameOf(weight.Type), weight.Shape))],
        };
    }

    private static string Describe(IReadOnlyList<OnnxValue> values) =>
        values.Count == 0
            ? "none"
            : string.Join(", ", values.Take(4).Select(value => $"{SourceLocation.Quote(value.Name)} {NameOf(value.Type)} [{Describe(value.Shape)}]"));

    private static string Describe(IReadOnlyList<long?>? shape) =>
        shape is null ? "of no shape" : string.Join(", ", shape.Take(8).Select(size => size?.ToString(CultureInfo.InvariantCulture) ?? "open"));

    private static string NameOf(OnnxType type) => type switch
    {
        OnnxType.Float => "float32",
        OnnxType.Double => "float64",
        OnnxType.None => "of no type",
        _ when Enum.IsDefined(type) => type.ToString().ToLowerInvariant(),
        _ => $"of type {(int)type}",
    };
}
