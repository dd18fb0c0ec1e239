using System.Text.Json;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// The parts of a MassTransit envelope that can be read although it is invalid, up to its first fault: the reply address, and the message type. None
/// of it is trusted.
/// </summary>
/// <param name="RequestId">The id of the request that the sender waits for.</param>
/// <param name="ResponseAddress">Where the sender waits for the reply.</param>
/// <param name="MessageType">The first message type in the envelope.</param>
/// <param name="IsEnvelope">Whether it has what every envelope has: message types and a message.</param>
public sealed record EnvelopeHead(Guid? RequestId, Uri? ResponseAddress, string? MessageType, bool IsEnvelope)
{
    /// <summary>Reads for as long as the bytes are valid JSON.</summary>
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
            // The parts before it are used. Text that is not valid UTF-8 is reported as an invalid operation.
        }

        return new EnvelopeHead(request, response, type, hasTypes && hasMessage);
    }

    private static bool Is(string name, string expected) => string.Equals(name, expected, StringComparison.OrdinalIgnoreCase);
}
