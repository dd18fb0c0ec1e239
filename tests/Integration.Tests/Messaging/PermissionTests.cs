using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>What each user may not do. That it may do enough is shown by the other tests, which run as these users.</summary>
public sealed class PermissionTests(Broker broker) : IClassFixture<Broker>
{
    private const string Message = "Coinsphere.Messaging.Contracts:";

    public static TheoryData<string, string, string> Forbidden { get; } = new()
    {
        { Broker.Publisher, "consume", "predict" },
        { Broker.Publisher, "consume", "predict-durable" },
        { Broker.Publisher, "consume", "predict-durable_error" },
        { Broker.Publisher, "consume", "portfolio-risk" },
        { Broker.Publisher, "publish", "models" },
        { Broker.Publisher, "publish", "backtest" },
        { Broker.Publisher, "publish", "alerts" },
        { Broker.Publisher, "publish", Message + "AlertRaised" },
        { Broker.Gateway, "consume", "alert-events" },
        { Broker.Gateway, "publish", Message + "AlertRaised" },
        { Broker.Gateway, "consume", "backtest" },
        { Broker.Publisher, "consume", "event-log" },
        { Broker.Publisher, "publish", "events" },
        { Broker.Publisher, "declare", "event-log" },
        { Broker.Gateway, "publish", "events" },
        { Broker.Worker, "consume", "event-log" },
        { Broker.Worker, "declare", "event-log" },
        { Broker.Publisher, "publish", "" },
        { Broker.Publisher, "publish", Message + "PredictionCompleted" },
        { Broker.Publisher, "publish", Message + "CacheClearRequested" },
        { Broker.Publisher, "declare", "evil" },
        { Broker.Publisher, "declare", "predict" },
        { Broker.Gateway, "consume", "predict" },
        { Broker.Gateway, "consume", "predict-durable" },
        { Broker.Gateway, "consume", "portfolio-risk" },
        { Broker.Gateway, "publish", "predict-durable" },
        { Broker.Gateway, "publish", Message + "PriceBarClosed" },
        { Broker.Gateway, "publish", "" },
        { Broker.Gateway, "declare", "evil" },
        { Broker.Gateway, "declare", "predict-durable" },
        { Broker.Gateway, "declare", "client.theirs" },
        { Broker.Worker, "publish", Message + "PredictRequested" },
        { Broker.Worker, "publish", Message + "CacheClearRequested" },
        { Broker.Worker, "declare", "evil" },
        { Broker.Worker, "consume", "client.theirs" },
        { Broker.Monitoring, "consume", "predict" },
        { Broker.Monitoring, "publish", "predict" },
        { Broker.Monitoring, "declare", "client.theirs" },
    };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task User_MayNotDoWhatItsProcessDoesNotDo(string user, string action, string target)
    {
        await broker.DeclareAsync("client.theirs");
        var channel = await broker.ChannelAsync(broker.Url(user));

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => action switch
        {
            "consume" => channel.BasicConsumeAsync(target, autoAck: false, new AsyncEventingBasicConsumer(channel), TestContext.Current.CancellationToken),
            "publish" => channel.BasicPublishAsync(target, "predict", "{}"u8.ToArray(), TestContext.Current.CancellationToken).AsTask(),
            _ => channel.QueueDeclareAsync(
                target,
                durable: true,
                exclusive: false,
                autoDelete: false,
                cancellationToken: TestContext.Current.CancellationToken),
        });

        var interrupted = Assert.IsType<OperationInterruptedException>(refused, exactMatch: false);
        Assert.Equal(403, interrupted.ShutdownReason!.ReplyCode);
    }
}
