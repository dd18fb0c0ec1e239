using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Coinsphere.Messaging.Contracts;
using MassTransit;
using MassTransit.Serialization;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// Reads every message: as a MassTransit envelope where its content type says so, or where it has no content type and looks like one; else as plain
/// JSON, whatever the content type. A message that cannot be read throws an <see cref="UnreadableMessageException"/> with the reason.
/// </summary>
internal sealed class MessageBodies(ContentType contentType, bool takesPlainJson) : ISerializerFactory, IMessageDeserializer
{
    private static readonly SystemTextJsonMessageSerializer Envelopes = SystemTextJsonMessageSerializer.Instance;
    private static readonly SystemTextJsonRawMessageSerializer PlainJson = new(RawSerializerOptions.AnyMessageType);
    private static readonly ContentType[] Known = [SystemTextJsonMessageSerializer.JsonContentType, SystemTextJsonRawMessageSerializer.JsonContentType];

    public ContentType ContentType => contentType;

    /// <summary>Uses it for a bus's messages, or an endpoint's.</summary>
    public static void Use(Action<ISerializerFactory, bool> add, bool takesPlainJson)
    {
        // The default deserializer gets messages with any other content type, or none.
        foreach (var known in Known)
        {
            add(new MessageBodies(known, takesPlainJson), known == SystemTextJsonMessageSerializer.JsonContentType);
        }
    }

    public IMessageSerializer CreateSerializer() => Envelopes;

    public IMessageDeserializer CreateDeserializer() => this;

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        var body = JsonBody.WithoutMark(receiveContext.Body.GetBytes());
        var isPlain = !IsEnvelope(receiveContext, body.Span);
        if (isPlain)
        {
            receiveContext.GetOrAddPayload(() => PlainMessage.Instance);
            if (!takesPlainJson)
            {
                throw new UnreadableMessageException(
                    $"only messages of MassTransit are accepted here, with the content type {Envelopes.ContentType.MediaType}");
            }
        }

        try
        {
            // The library would treat an empty body as an empty object.
            if (body.IsEmpty)
            {
                throw new SerializationException();
            }

            var read = (isPlain ? (IMessageDeserializer)PlainJson : Envelopes).Deserialize(
                new BytesMessageBody(body.ToArray()),
                receiveContext.TransportHeaders,
                receiveContext.InputAddress);
            Read(read);
            return new ReadMessage(receiveContext, read, body, isPlain);
        }
        catch (FormatException wrong)
        {
            throw new UnreadableMessageException($"an id or an address of the envelope is none: {wrong.Message}");
        }
        catch (SerializationException)
        {
            // Without the cause: the library would otherwise give the cause as the reason why the message was moved.
            throw new UnreadableMessageException(
                JsonBody.FindFault(body.Span, JsonSerializerOptions.Default.GetTypeInfo(typeof(JsonElement))) ?? "the body is not a MassTransit envelope");
        }
    }

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        Envelopes.Deserialize(body, headers, destinationAddress);

    public MessageBody GetMessageBody(string text) => Envelopes.GetMessageBody(text);

    public void Probe(ProbeContext context) => context.CreateScope("messageBodies").Add("contentType", contentType.MediaType);

    // The library reads them where they are first needed, and fails there.
    private static void Read(MessageContext context) =>
        _ = (context.MessageId, context.RequestId, context.CorrelationId, context.ConversationId, context.InitiatorId,
            context.SourceAddress, context.DestinationAddress, context.ResponseAddress, context.FaultAddress);

    private static bool IsEnvelope(ReceiveContext context, ReadOnlySpan<byte> body)
    {
        var type = context.TryGetPayload<RabbitMqBasicConsumeContext>(out var message) ? message.Properties.ContentType : context.ContentType?.MediaType;
        return string.IsNullOrWhiteSpace(type)
            ? EnvelopeHead.Read(body).IsEnvelope
            : type.AsSpan(0, type.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? end : type.Length).Trim()
                .Equals(Envelopes.ContentType.MediaType, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A message whose fields are read once its consumer is known.</summary>
    private sealed class ReadMessage(
        ReceiveContext receiveContext,
        SerializerContext read,
        ReadOnlyMemory<byte> body,
        bool isPlain) : BodyConsumeContext(receiveContext, read)
    {
        public override bool TryGetMessage<T>([NotNullWhen(true)] out ConsumeContext<T>? message)
        {
            try
            {
                if (base.TryGetMessage(out message))
                {
                    RefuseMisspelling(typeof(T));
                    return true;
                }

                return false;
            }
            catch (Exception fault) when (fault is SerializationException or JsonException or NotSupportedException or InvalidOperationException)
            {
                throw new UnreadableMessageException(FindFault(SystemTextJsonMessageSerializer.Options.GetTypeInfo(typeof(T))) ?? fault.Message);
            }
        }

        // Only of requests in plain JSON, which people write. Events that carry more than their fields are read as before.
        private void RefuseMisspelling(Type type)
        {
            if (isPlain && type.Name.EndsWith("Requested", StringComparison.Ordinal)
                && JsonBody.FindMisspelling(body.Span, SystemTextJsonMessageSerializer.Options.GetTypeInfo(type)) is { } misspelling)
            {
                throw new UnreadableMessageException(misspelling);
            }
        }

        private string? FindFault(JsonTypeInfo type)
        {
            if (isPlain)
            {
                return JsonBody.FindFault(body.Span, type);
            }

            if (!Utf8.IsValid(body.Span))
            {
                return "the body is not UTF-8 text";
            }

            using var envelope = JsonDocument.Parse(body);
            var message = envelope.RootElement.EnumerateObject()
                .LastOrDefault(field => string.Equals(field.Name, "message", StringComparison.OrdinalIgnoreCase))
                .Value;
            return message.ValueKind == JsonValueKind.Undefined ? null : JsonBody.FindFault(Encoding.UTF8.GetBytes(message.GetRawText()), type, "message");
        }
    }
}

/// <summary>A message is not what its endpoint accepts. The text is for its sender.</summary>
public sealed class UnreadableMessageException(string reason) : Exception(reason);

/// <summary>Marks a message that is plain JSON, not an envelope.</summary>
public sealed class PlainMessage
{
    internal static PlainMessage Instance { get; } = new();
}

/// <summary>Chooses what an endpoint accepts.</summary>
public static class MessageBodiesExtensions
{
    /// <summary>Makes an endpoint accept only MassTransit envelopes, where the fields of plain JSON would not tell its message types apart.</summary>
    public static void TakeEnvelopesOnly(this IReceiveEndpointConfigurator endpoint) => MessageBodies.Use(endpoint.AddDeserializer, takesPlainJson: false);
}
