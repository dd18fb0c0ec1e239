using System.Collections.Concurrent;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>A plain AMQP client: bare JSON out, bare JSON back by direct reply-to.</summary>
internal sealed class Caller
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Reply>> _waiting = new(StringComparer.Ordinal);
    private readonly IChannel _channel;
    private readonly string _user;

    private Caller(IChannel channel, string user) => (_channel, _user) = (channel, user);

    public static Task<Caller> ConnectAsync(Broker broker) => ConnectAsync(broker, broker.Url(Broker.Publisher));

    public static async Task<Caller> ConnectAsync(Broker broker, string url)
    {
        var channel = await broker.ChannelAsync(url);
        var caller = new Caller(channel, new Uri(url).UserInfo.Split(':')[0]);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += caller.OnReply;
        await channel.BasicConsumeAsync("amq.rabbitmq.reply-to", autoAck: true, consumer);
        return caller;
    }

    public Task<Reply> AskAsync(
        string endpoint,
        string json,
        string? correlationId = null,
        string? contentType = "application/json",
        AmqpTimestamp? timestamp = null) =>
        AskAsync(endpoint, Encoding.UTF8.GetBytes(json), contentType, correlationId, timestamp);

    public async Task<Reply> AskAsync(string endpoint, byte[] body, string? contentType, string? correlationId = null, AmqpTimestamp? timestamp = null)
    {
        var id = correlationId ?? Guid.NewGuid().ToString();
        var waiting = _waiting[id] = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(endpoint, body, contentType, "amq.rabbitmq.reply-to", id, timestamp);
        return await waiting.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    public Task SendAsync(
        string endpoint, string body, string? contentType = "application/json", string? replyTo = null, string? correlationId = null,
        AmqpTimestamp? timestamp = null, bool isNamed = true) =>
        SendAsync(endpoint, Encoding.UTF8.GetBytes(body), contentType, replyTo, correlationId, timestamp, isNamed);

    public async Task SendAsync(
        string exchange, byte[] body, string? contentType = "application/json", string? replyTo = null, string? correlationId = null,
        AmqpTimestamp? timestamp = null, bool isNamed = true)
    {
        var properties = new BasicProperties();
        if (contentType is not null)
        {
            properties.ContentType = contentType;
        }

        if (replyTo is not null)
        {
            properties.ReplyTo = replyTo;
            // The worker replies to a queue where the broker has checked whose it is.
            properties.UserId = isNamed ? _user : null;
        }

        if (correlationId is not null)
        {
            properties.CorrelationId = correlationId;
        }

        if (timestamp is { } sent)
        {
            properties.Timestamp = sent;
        }

        await _channel.BasicPublishAsync(exchange, "", mandatory: true, properties, body);
    }

    private Task OnReply(object sender, BasicDeliverEventArgs message)
    {
        if (message.BasicProperties.CorrelationId is { } id && _waiting.TryRemove(id, out var waiting))
        {
            waiting.SetResult(Reply.Of(message.BasicProperties, message.Body));
        }

        return Task.CompletedTask;
    }
}

/// <summary>A reply as it came.</summary>
internal sealed record Reply(string? Type, string? ContentType, string? CorrelationId, string Body)
{
    public static Reply Of(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) =>
        new(properties.Type, properties.ContentType, properties.CorrelationId, Encoding.UTF8.GetString(body.Span));
}
