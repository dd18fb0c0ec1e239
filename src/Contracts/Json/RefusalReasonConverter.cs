using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Reads and writes a refusal's reason by its name. A name that this version does not know reads as <see cref="RefusalReason.InternalError"/>. So a
/// refusal by a newer service is still a refusal, with its detail, on the bus and in batches.
/// </summary>
public sealed class RefusalReasonConverter : JsonConverter<RefusalReason>
{
    private static readonly Dictionary<RefusalReason, string> Names =
        Enum.GetValues<RefusalReason>().ToDictionary(reason => reason, reason => JsonSerializer.SerializeToElement(reason).GetString()!);

    private static readonly Dictionary<string, RefusalReason> Reasons = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>The names of all reasons.</summary>
    public static IReadOnlyCollection<string> AllNames => Reasons.Keys;

    /// <summary>A reason's name, such as <c>no_prices</c>.</summary>
    public static string NameOf(RefusalReason reason) => Names[reason];

    /// <inheritdoc/>
    public override RefusalReason Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? Reasons.GetValueOrDefault(reader.GetString()!, RefusalReason.InternalError)
            : throw new JsonException("expected the name of a refusal reason such as \"no_prices\"");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RefusalReason value, JsonSerializerOptions options) => writer.WriteStringValue(Names[value]);
}
