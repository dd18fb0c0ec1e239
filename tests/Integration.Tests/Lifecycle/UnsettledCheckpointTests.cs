using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A durable request of a plain AMQP client meets a checkpoint that is half written.</summary>
public sealed class UnsettledCheckpointTests(LiveBroker live) : IClassFixture<LiveBroker>, IDisposable
{
    private const string Replies = "client.publisher.unsettled";

    private readonly DirectoryInfo _models = Directory.CreateTempSubdirectory("coinsphere-unsettled-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _models.Delete(recursive: true);

    [Fact]
    public async Task DurableRequest_IsAnsweredWhenTheFileIsWhole_AndAnInteractiveOneIsRefusedAtOnce()
    {
        var whole = await File.ReadAllBytesAsync(Path.Combine(Repository.Checkpoints, "BTC_best.pth"), Cancel);
        var path = Path.Combine(_models.FullName, "BTC_best.pth");
        await File.WriteAllBytesAsync(path, whole[..(whole.Length / 2)], Cancel);
        await using var worker = await ServiceProcess.StartWorkerAsync(
            live.Server.Url(Broker.Worker),
            ("MODEL_CHECKPOINT_DIR", _models.FullName),
            ("SUPPORTED_SYMBOLS", "BTC"));
        await using var connection = await new ConnectionFactory { Uri = new Uri(live.Server.Url(Broker.Publisher)) }.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        await channel.QueueDeclareAsync(Replies, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancel);

        await AskAsync(channel, "predict-durable");
        await AskAsync(channel, "predict");
        Assert.Equal(("predict", "refusal"), await ReplyAsync(channel));
        Assert.Equal(0u, await channel.MessageCountAsync(Replies, Cancel));
        await File.WriteAllBytesAsync(path, whole, Cancel);

        Assert.Equal(("predict-durable", "prediction"), await ReplyAsync(channel));
        await Until.True(async () => await live.Server.MessagesAsync("predict-durable") == 0, "the request is acknowledged");
    }

    private static ValueTask AskAsync(IChannel channel, string endpoint) => channel.BasicPublishAsync(
        endpoint, "", mandatory: true, new BasicProperties
        {
            ContentType = "application/json",
            ReplyTo = Replies,
            UserId = Broker.Publisher,
            CorrelationId = endpoint
        }, "{\"symbol\":\"BTC\"}"u8.ToArray(), Cancel);

    private static async Task<(string? To, string? Type)> ReplyAsync(IChannel channel)
    {
        BasicGetResult? reply = null;
        await Until.True(async () => (reply = await channel.BasicGetAsync(Replies, autoAck: true, Cancel)) is not null, "there is a reply");
        return (reply!.BasicProperties.CorrelationId, reply.BasicProperties.Type);
    }
}
