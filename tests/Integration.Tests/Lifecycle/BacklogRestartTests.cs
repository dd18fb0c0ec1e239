using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A broker that dies under a worker at work. What waits for a confirm then waits in vain, and must not keep its endpoint's slot.</summary>
public sealed class BacklogRestartTests(LiveBroker live) : IClassFixture<LiveBroker>
{
    private const int Backlog = 2000;
    private const string Replies = "client.publisher.restart";

    // A slot that is kept for ever shows itself however long this is.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(1);
    private static readonly string[] Endpoints = ["risk-durable", "predict-durable"];

    private RabbitMqServer Server => live.Server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BrokerKilledUnderABacklog_IsWorkedOffWhenItIsBack()
    {
        await using (var first = await ConnectAsync())
        await using (var channel = await first.CreateChannelAsync(cancellationToken: Cancel))
        {
            await channel.QueueDeclareAsync(Replies, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancel);
        }

        await Server.FlushAsync();
        await using var worker = await ServiceProcess.StartWorkerAsync(Server.Url(Broker.Worker), ("Durable__Concurrency", "1"));
        var unanswered = Enumerable.Range(0, Backlog).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToHashSet();
        await using (var connection = await ConnectAsync())
        {
            var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
                Cancel);
            worker.Pause();
            await PublishAsync(channel);
            worker.Resume();
            await Until.True(async () => await channel.MessageCountAsync(Replies, Cancel) > 50, "the backlog is worked on");
            await Server.KillAsync();
        }

        await Server.StartAsync();

        await using var again = await ConnectAsync();
        await using var replies = await again.CreateChannelAsync(cancellationToken: Cancel);
        await ReadAsync();
        var left = unanswered.Count;
        Assert.True(left > 0, $"the backlog was gone before the broker was: {Backlog} are too few for this machine");
        await Until.True(ReadAsync, () => $"{unanswered.Count} of {left} of {Backlog} are still unanswered, such as {string.Join(' ', unanswered.Take(5))}; "
            + $"the worker says: {worker.Output}", DrainLimit);

        async Task<bool> ReadAsync()
        {
            while (await replies.BasicGetAsync(Replies, autoAck: true, Cancel) is { } reply)
            {
                unanswered.Remove(reply.BasicProperties.CorrelationId!);
            }

            return unanswered.Count == 0;
        }
    }

    private Task<IConnection> ConnectAsync() =>
        new ConnectionFactory { Uri = new Uri(Server.Url(Broker.Publisher)), AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Cancel);

    private static Task PublishAsync(IChannel channel) => Task.WhenAll(Enumerable.Range(0, Backlog).Select(i => channel.BasicPublishAsync(
        Endpoints[i % 2],
        "",
        mandatory: true,
        new BasicProperties
        {
            ContentType = "application/json",
            Persistent = true,
            ReplyTo = Replies,
            UserId = Broker.Publisher,
            CorrelationId = i.ToString(CultureInfo.InvariantCulture)
        },
        Encoding.UTF8.GetBytes($$"""{"symbol":"BTC","asOf":"{{new DateOnly(2024, 1, 1).AddDays(i % 300):yyyy-MM-dd}}"}""")).AsTask()));
}
