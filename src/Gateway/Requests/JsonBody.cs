using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>Reads a request's JSON body, bounded, with refusals that name the field and what it must hold. Unknown fields are ignored.</summary>
internal static class JsonBody
{
    public const int MaxBytes = 64 * 1024;

    public static async Task<Outcome<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type) where T : class
    {
        var cancelled = request.HttpContext.RequestAborted;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancelled);
            if (read.Buffer.Length > MaxBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return new RequestRefused(RefusalReason.RequestTooLarge, $"the body is larger than {MaxBytes} bytes");
            }

            if (!read.IsCompleted)
            {
                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            // What came in one piece is parsed where it lies.
            var outcome = Parse(read.Buffer.IsSingleSegment ? read.Buffer.FirstSpan : read.Buffer.ToArray(), type);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            return outcome;
        }
    }

    private static Outcome<T> Parse<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) is { } body ? body : Invalid("the body is null: expected a JSON object");
        }
        catch (JsonException wrong)
        {
            return Invalid(Detail(wrong, type, bytes.Length));
        }
    }

    private static RequestRefused Invalid(string detail) => new(RefusalReason.InvalidRequest, detail);

    private static string Detail(JsonException wrong, JsonTypeInfo type, int length)
    {
        if (length == 0)
            return "the body is empty: expected a JSON object";
        var place = $"line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}";
        var field = type.Properties.FirstOrDefault(property => IsAt(wrong.Path, property.Name));
        if (field is not null)
            return $"{wrong.Path![2..]} must be {(wrong.Path.EndsWith(']') ? "a text" : Expected(field.PropertyType))} ({place} of the body)";
        return wrong.Path is null or "$" && wrong.InnerException is null
            ? $"the body must be a JSON object ({place})"
            : $"the body is not valid JSON at {place}";
    }

    private static bool IsAt(string? path, string field) =>
        path is not null && path.StartsWith("$." + field, StringComparison.Ordinal)
        && (path.Length == field.Length + 2 || path[field.Length + 2] is '.' or '[');

    private static string Expected(Type type) =>
        type == typeof(string) ? "a text"
        : type == typeof(double?) ? "a number"
        : type == typeof(bool?) ? "true or false"
        : "a list of texts";
}
