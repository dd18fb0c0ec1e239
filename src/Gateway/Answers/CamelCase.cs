using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Answers;

/// <summary>Converts an answer for <c>/api/v1</c>: the same JSON with all names in camelCase and all values unchanged.</summary>
internal static class CamelCase
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Result<AnswerBody> Of(Result<AnswerBody> result) => result.IsRefused ? result : Of(result.Answer);

    private static AnswerBody Of(AnswerBody answer)
    {
        var buffer = new ArrayBufferWriter<byte>(answer.Utf8.Length);
        using var writer = new Utf8JsonWriter(buffer, Writing);
        var reader = new Utf8JsonReader(answer.Utf8.Span);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: writer.WriteStartObject(); break;
                case JsonTokenType.EndObject: writer.WriteEndObject(); break;
                case JsonTokenType.StartArray: writer.WriteStartArray(); break;
                case JsonTokenType.EndArray: writer.WriteEndArray(); break;
                case JsonTokenType.PropertyName: writer.WritePropertyName(Name(reader.GetString()!)); break;
                case JsonTokenType.String: writer.WriteStringValue(reader.GetString()); break;
                default: writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true); break;
            }
        }

        writer.Flush();
        return answer with { Utf8 = buffer.WrittenMemory };
    }

    // risk_score becomes riskScore; accuracy_7d becomes accuracy7d; names without an underscore stay unchanged.
    public static string Name(string snake)
    {
        var words = snake.Split('_');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
