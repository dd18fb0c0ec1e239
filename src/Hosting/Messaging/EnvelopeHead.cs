using System.Text.Json;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// What can be read of a MassTransit envelope however broken it is, up to its first fault: whom to answer, and what kind of message it says it is. Nothing of
/// it is trusted.
/// </summary>
/// <param name="RequestId">The request that its sender awaits a reply to.</param>
/// <param name="ResponseAddress">Where the sender awaits it.</param>
/// <param name="MessageType">The first kind of message that it names.</param>
/// <param name="IsEnvelope">Whether it has what every envelope has: kinds, and a message.</param>
public sealed record EnvelopeHead(Guid? RequestId, Uri? ResponseAddress, string? MessageType, bool IsEnvelope)
{
    /// <summary>Reads as far as the bytes are JSON.</summary>
    public static EnvelopeHead Read(ReadOnlySpan<byte> body)
    {
        Guid? request = null;
        Uri? response = null;
        string? type = null;
        var (hasTypes, hasMessage) = (false, false);
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                var name = reader.GetString() ?? "";
                hasTypes |= Is(name, "messageType");
                hasMessage |= Is(name, "message");
                if (!reader.Read())
                {
                    break;
                }

                if (Is(name, "messageType") && reader.TokenType == JsonTokenType.StartArray && !reader.Read())
                {
                    break;
                }

                if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } text)
                {
                    request = Is(name, "requestId") && Guid.TryParse(text, out var id) ? id : request;
                    response = Is(name, "responseAddress") && Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : response;
                    type = Is(name, "messageType") ? text : type;
                }
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // What came before it counts. A text that is no UTF-8 is an invalid operation.
        }

        return new EnvelopeHead(request, response, type, hasTypes && hasMessage);
    }

    private static bool Is(string name, string expected) => string.Equals(name, expected, StringComparison.OrdinalIgnoreCase);
}
