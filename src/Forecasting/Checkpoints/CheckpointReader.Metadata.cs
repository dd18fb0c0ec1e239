using System.Globalization;
using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

// Metadata changes no answer, so an invalid value is read as null.
public static partial class CheckpointReader
{
    private const int MaxVersionLength = 64;
    private const int MaxInstantLength = 40;
    private const int MaxSymbolsLength = 4096;
    private const string DefaultVersion = "v1.0.0";

    private static CheckpointMetadata ReadMetadata(PickleDict root, NumberReader numbers, SourceLocation file)
    {
        var metadata = Dict(root, "metadata", file);
        var bestValAccuracy = Accuracy(root, "best_val_accuracy");
        return new CheckpointMetadata(
            ReadVersion(metadata?.Get("model_version"), file.At("metadata['model_version']")),
            ReadInstant(metadata?.Get("trained_at") as string),
            (metadata is null ? null : Accuracy(metadata, "test_accuracy")) ?? bestValAccuracy,
            bestValAccuracy,
            Finite(root, "best_val_loss"),
            Finite(root, "epoch") is { } epoch && double.IsInteger(epoch) && Math.Abs(epoch) < long.MaxValue ? (long)epoch : null,
            ReadInstant(metadata?.Get("trained_through") as string) is { } last ? DateOnly.FromDateTime(last.UtcDateTime) : null)
        {
            Symbols = metadata?.Get("symbols") is string { Length: <= MaxSymbolsLength } symbols ? symbols : null,
        };

        double? Finite(PickleDict dict, string key) =>
            numbers.One(dict.Get(key), file.At(key)) is { } number && double.IsFinite(number) ? number : null;

        double? Accuracy(PickleDict dict, string key) => Finite(dict, key) is >= 0 and <= 1 and var share ? share : null;
    }

    /// <summary>The version goes into answers, headers and logs, so it must be a short line.</summary>
    internal static string ReadVersion(object? value, SourceLocation place) => value switch
    {
        null or "" => DefaultVersion,
        string { Length: <= MaxVersionLength } version when !version.Any(char.IsControl) => version,
        var other => throw place.Refuse($"{PickleValue.Describe(other)}, expected a line of at most {MaxVersionLength} characters"),
    };

    /// <summary>An ISO 8601 time; UTC where it has no zone, null where it is something else.</summary>
    internal static DateTimeOffset? ReadInstant(string? text) =>
        text is { Length: >= 10 and <= MaxInstantLength } && text[4] == '-'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : null;
}
