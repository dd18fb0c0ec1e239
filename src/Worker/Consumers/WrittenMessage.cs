using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using MassTransit.Serialization;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Sends a message in the bus's envelope whose JSON is written already, so that an answer is serialised once for cache, reply, event and record.
/// </summary>
/// <param name="message">The message in the envelope: <see cref="WrittenJson"/>, or an object with it as a property.</param>
internal sealed class WrittenMessage(object message) : IMessageSerializer
{
    public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class => new SystemTextJsonMessageBody<T>(
            context, SystemTextJsonMessageSerializer.Options, new JsonMessageEnvelope(context, message));
}

/// <summary>Valid JSON as UTF-8, which is written as it is.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct WrittenJson(ReadOnlyMemory<byte> Utf8)
{
    public sealed class Converter : JsonConverter<WrittenJson>
    {
        public override WrittenJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, WrittenJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}

/// <summary>
/// The event of an answer, <see cref="Contracts.PredictionCompleted"/> or <see cref="Contracts.RiskScored"/>, with the answer written already.
/// </summary>
internal sealed record WrittenEvent([property: JsonPropertyName("answer")] WrittenJson Answer);
