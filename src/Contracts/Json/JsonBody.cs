using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Reads JSON bodies, and describes what is wrong with an invalid one: the field, what it must contain, and the position. A byte order mark is
/// ignored.
/// </summary>
public static class JsonBody
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The body without the byte order mark that some libraries put before UTF-8.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> body) => body.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;

    /// <summary>The value of the body, or the refusal that says what is wrong.</summary>
    public static Result<T> Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) where T : class
    {
        var json = WithoutMark(body);
        try
        {
            return JsonSerializer.Deserialize(json, type) is { } read ? read : Invalid(Null("body"));
        }
        catch (JsonException wrong)
        {
            return Invalid(Describe(wrong, type, json, "body"));
        }
    }

    /// <summary>What is wrong with a body that is not a value of the type; null where it is valid.</summary>
    /// <param name="body">The body, without a byte order mark.</param>
    /// <param name="type">The expected type.</param>
    /// <param name="name">The name of the body in the sentence.</param>
    public static string? FindFault(ReadOnlySpan<byte> body, JsonTypeInfo type, string name = "body")
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) is null ? Null(name) : null;
        }
        catch (JsonException wrong)
        {
            return Describe(wrong, type, body, name);
        }
    }

    /// <summary>The names in a valid body that no field of the type has. Empty where the body is not an object.</summary>
    public static IReadOnlyList<string> UnknownFields(ReadOnlySpan<byte> body, JsonTypeInfo type)
    {
        List<string>? unknown = null;
        var reader = new Utf8JsonReader(WithoutMark(body));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return [];
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!IsKnown(ref reader, type))
            {
                (unknown ??= []).Add(Name(ref reader));
            }

            reader.Skip();
        }

        return unknown ?? (IReadOnlyList<string>)[];
    }

    /// <summary>What is wrong with the names in a valid body: one of them is a misspelt field of the type. Null where none is.</summary>
    public static string? FindMisspelling(ReadOnlySpan<byte> body, JsonTypeInfo type)
    {
        foreach (var name in UnknownFields(body, type))
        {
            if (FieldNames.Meant(name, [.. type.Properties.Select(property => property.Name)]) is { } meant)
            {
                return FieldNames.Misspelt(name, meant, Has(body, meant, Comparison(type)));
            }
        }

        return null;
    }

    private static bool IsKnown(ref Utf8JsonReader reader, JsonTypeInfo type)
    {
        if (type.Options.PropertyNameCaseInsensitive)
        {
            var name = Name(ref reader);
            return type.Properties.Any(property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase));
        }

        // Every request over HTTP comes here; nothing is allocated for a name that is known.
        for (var i = 0; i < type.Properties.Count; i++)
        {
            // The reader throws where it compares an escaped name that is no valid UTF-16.
            if (reader.ValueIsEscaped ? Name(ref reader) == type.Properties[i].Name : reader.ValueTextEquals(type.Properties[i].Name))
            {
                return true;
            }
        }

        return false;
    }

    // The reader skips the name of an unknown field without decoding it; it may be no valid UTF-8.
    private static string Name(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "?";
        }
    }

    private static bool Has(ReadOnlySpan<byte> body, string name, StringComparison comparison)
    {
        var reader = new Utf8JsonReader(WithoutMark(body));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (string.Equals(Name(ref reader), name, comparison))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static RequestRefused Invalid(string detail) => new(RefusalReason.InvalidRequest, detail);

    private static string Null(string name) => $"the {name} is null: expected a JSON object";

    private static string Describe(JsonException wrong, JsonTypeInfo type, ReadOnlySpan<byte> body, string name)
    {
        if (body.IsEmpty)
        {
            return $"the {name} is empty: expected a JSON object";
        }

        var place = $"line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}";
        if (type.Properties.FirstOrDefault(property => IsAt(wrong.Path, property.Name, Comparison(type))) is { } field)
        {
            return $"{wrong.Path![2..]} must be {Expected(field, wrong.Path)} ({place} of the {name})";
        }

        if (wrong.Path is not (null or "$") || wrong.InnerException is not null || Parse(body) is not { } found)
        {
            return $"the {name} is not valid JSON at {place}";
        }

        return Missing(found, type) is { } missing
            ? $"{missing.Name} is missing: expected {Expected(missing.PropertyType)}"
            : $"the {name} must be a JSON object ({place})";
    }

    private static StringComparison Comparison(JsonTypeInfo type) => Comparison(type.Options);

    private static StringComparison Comparison(JsonSerializerOptions options) =>
        options.PropertyNameCaseInsensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static bool IsAt(string? path, string field, StringComparison comparison) =>
        path is not null && path.StartsWith("$." + field, comparison)
        && (path.Length == field.Length + 2 || path[field.Length + 2] is '.' or '[');

    private static JsonElement? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonPropertyInfo? Missing(JsonElement found, JsonTypeInfo type) => found.ValueKind == JsonValueKind.Object
        ? type.Properties.FirstOrDefault(property =>
            property.IsRequired && !found.EnumerateObject().Any(given => string.Equals(given.Name, property.Name, Comparison(type))))
        : null;

    private static string Expected(JsonPropertyInfo field, string path)
    {
        if (path.Length == field.Name.Length + 2)
        {
            return Expected(field.PropertyType);
        }

        if (ItemOf(field.PropertyType) is not { } item)
        {
            return "of another type";
        }

        return path.EndsWith(']') ? Expected(item)
            : field.Options.GetTypeInfo(item).Properties.FirstOrDefault(part => path.EndsWith("]." + part.Name, Comparison(field.Options))) is { } part
                ? Expected(part.PropertyType)
            : "of another type";
    }

    private static Type? ItemOf(Type list) =>
        list.IsGenericType && list.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? list.GetGenericArguments()[0] : null;

    private static string Expected(Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (value == typeof(string))
        {
            return "a text";
        }

        if (value == typeof(bool))
        {
            return "true or false";
        }

        if (value == typeof(int) || value == typeof(long))
        {
            return "a whole number";
        }

        if (value == typeof(double))
        {
            return "a number";
        }

        if (value == typeof(DateTimeOffset))
        {
            return "an instant such as \"2025-10-12T14:30:00Z\"";
        }

        if (value == typeof(DateOnly))
        {
            return "a date such as \"2025-10-12\"";
        }

        return ItemOf(value) switch
        {
            null => "a JSON object",
            { } item when item == typeof(string) => "a list of texts",
            _ => "a list of JSON objects",
        };
    }
}
