using System.Collections;
using System.Text;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>Messages that take their worker down, on queues as the definitions declare them, before any worker has run.</summary>
public sealed class DeadLetterTests(Broker broker) : IClassFixture<Broker>
{
    [Theory]
    [InlineData("predict-durable")]
    [InlineData("risk-durable")]
    public async Task MessageThatEndsItsConsumer_IsDeliveredFourTimesAndThenKept(string endpoint)
    {
        var caller = await Caller.ConnectAsync(broker);
        await caller.SendAsync(endpoint, "crash");

        for (var delivery = 1; delivery <= 4; delivery++)
        {
            await TakeAndDieAsync(endpoint);
        }

        var dead = await broker.TakeAsync($"{endpoint}_dead");
        var death = (IDictionary)((IList)dead.BasicProperties.Headers!["x-death"]!)[0]!;
        Assert.Equal("delivery_limit", Encoding.UTF8.GetString((byte[])death["reason"]!));
        Assert.Equal("crash", Encoding.UTF8.GetString(dead.Body.Span));
        Assert.Null(await broker.TryTakeAsync(endpoint));
    }

    // A connection that goes without acknowledging is what a killed worker looks like to the broker.
    private async Task TakeAndDieAsync(string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(broker.AdminUrl) }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync();
        await Until.True(async () => await channel.BasicGetAsync(queue, autoAck: false) is not null, $"a delivery from {queue}");
        await connection.AbortAsync();
    }
}
