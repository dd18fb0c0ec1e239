using System.Text.Json;

namespace Coinsphere.Messaging.Gateway.Tests.OpenApi;

/// <summary>Whether JSON is what a schema of the document says: its types, its required and no unknown properties, its closed lists.</summary>
internal static class SchemaCheck
{
    public static JsonElement Resolve(JsonElement document, JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1])
        : schema;

    public static void AssertValid(JsonElement document, JsonElement schema, JsonElement value, string place)
    {
        var resolved = Resolve(document, schema);
        if (resolved.TryGetProperty("oneOf", out var choices))
        {
            Assert.Equal(2, choices.GetArrayLength());
            if (value.ValueKind != JsonValueKind.Null)
            {
                AssertValid(document, choices[1], value, place);
            }

            return;
        }

        var type = resolved.GetProperty("type");
        string?[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.GetString())] : [type.GetString()];
        Assert.Contains(Name(value), types.Select(name => name == "integer" ? "number" : name));
        if (resolved.TryGetProperty("enum", out var values))
        {
            Assert.Contains(value.GetString(), values.EnumerateArray().Select(one => one.GetString()));
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                AssertValid(document, resolved.GetProperty("items"), item, $"{place}[]");
            }
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            AssertObject(document, resolved, value, place);
        }
    }

    private static void AssertObject(JsonElement document, JsonElement schema, JsonElement value, string place)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            Assert.All(required.EnumerateArray(), name => Assert.True(value.TryGetProperty(name.GetString()!, out _), $"{place} lacks {name}"));
        }

        foreach (var field in value.EnumerateObject())
        {
            var isKnown = schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(field.Name, out var known)
                || schema.TryGetProperty("additionalProperties", out known);
            Assert.True(isKnown, $"{place} has an unknown {field.Name}");
            AssertValid(document, known, field.Value, $"{place}.{field.Name}");
        }
    }

    private static string Name(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? "boolean"
        : value.ValueKind.ToString().ToLowerInvariant();
}
