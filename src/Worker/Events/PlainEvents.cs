using System.Globalization;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using MassTransit;
using MassTransit.Serialization;

namespace Coinsphere.Messaging.Worker.Events;

/// <summary>
/// Publishes events as plain JSON, beside the bus's envelopes: for gateways' streams, and for subscribers without MassTransit. On a bus in memory nobody
/// reads them, and they are not sent.
/// </summary>
internal sealed class PlainEvents(IBus bus)
{
    private static readonly Uri Address = new($"exchange:{EventLog.Exchange}?type=topic");

    private readonly bool _isInMemory = bus.Address.Scheme == "loopback";

    /// <summary>Publishes an event. Returns when the broker has confirmed it.</summary>
    public async Task PublishAsync(PlainEvent plain, CancellationToken cancellationToken)
    {
        if (_isInMemory)
        {
            return;
        }

        var exchange = await bus.GetSendEndpoint(Address);
        await exchange.Send(plain, Complete, cancellationToken);
    }

    /// <summary>Publishes an alert. Returns when the broker has confirmed it.</summary>
    public Task PublishAsync(Alert alert, CancellationToken cancellationToken) => PublishAsync(
        PlainEvent.Of(new AlertRaised(alert), null, JsonSerializer.SerializeToUtf8Bytes(alert, ContractsJson.Body.Alert))!, cancellationToken);

    private static void Complete(SendContext<PlainEvent> send)
    {
        var plain = send.Message;
        send.SetRoutingKey(plain.Key);
        send.Serializer = new BareJson(plain.Json);
        send.Headers.Set(EventLog.ComputedAtHeader, plain.ComputedAt.ToUnixTimeMilliseconds());
        // The bus would write its own id, a new one each time.
        send.MessageId = null;
        var properties = send.GetPayload<RabbitMqSendContext>().BasicProperties;
        (properties.Type, properties.MessageId) = (plain.Type, plain.Id);
    }
}

/// <summary>An event as plain JSON.</summary>
/// <param name="Type">What it is: <see cref="EventLog.Prediction"/>, <see cref="EventLog.Risk"/> or <see cref="EventLog.Alert"/>.</param>
/// <param name="Key">Its routing key.</param>
/// <param name="Id">The same however often the event is published.</param>
/// <param name="ComputedAt">When the answer was computed.</param>
/// <param name="Json">The answer as it is written everywhere else.</param>
internal sealed record PlainEvent(string Type, string Key, string Id, DateTimeOffset ComputedAt, ReadOnlyMemory<byte> Json)
{
    /// <summary>The plain form of an event; null where it has none.</summary>
    /// <param name="completed">The event on the bus.</param>
    /// <param name="asOf">The past day that the answer is about; null: now.</param>
    /// <param name="json">The answer's JSON.</param>
    public static PlainEvent? Of(object completed, DateOnly? asOf, ReadOnlyMemory<byte> json) => completed switch
    {
        PredictionCompleted { Answer: var answer } => new(
            EventLog.Prediction, EventLog.PredictionKey(answer.Symbol, answer.Timeframe, asOf), answer.PredictionId, answer.GeneratedAt, json),
        RiskScored { Answer: var answer } => new(EventLog.Risk, EventLog.RiskKey(answer.Symbol, asOf), Digest(json), answer.AnalyzedAt, json),
        AlertRaised { Alert: var alert } => new(EventLog.Alert, EventLog.AlertKey(alert.Symbol), alert.Id, alert.RaisedAt, json),
        _ => null,
    };

    /// <summary>A past day as the header of an event's envelope.</summary>
    public static string Header(DateOnly asOf) => asOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Digest(ReadOnlyMemory<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json.Span)[..16]);
}

/// <summary>Sends JSON that is written already, without an envelope.</summary>
internal sealed class BareJson(ReadOnlyMemory<byte> json) : IMessageSerializer
{
    public ContentType ContentType => SystemTextJsonRawMessageSerializer.JsonContentType;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class => new BytesMessageBody(json.ToArray());
}
