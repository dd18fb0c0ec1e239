using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>Writes an instant in UTC with <c>Z</c> and only the digits of its fraction: <c>2025-10-12T14:30:00Z</c>. Reads any ISO-8601 instant.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var instant)
            ? instant.ToUniversalTime()
            : throw new JsonException("expected an ISO-8601 instant such as 2025-10-12T14:30:00Z");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
}
