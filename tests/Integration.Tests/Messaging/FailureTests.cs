using System.Text;
using System.Text.Json;
using Coinsphere.Messaging.Worker.MarketData;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>What becomes of messages that fail, in a worker whose price source throws.</summary>
public sealed class FailureTests(FailureTests.BrokenWorker worker) : IClassFixture<FailureTests.BrokenWorker>
{
    [Theory]
    [InlineData("predict-durable")]
    [InlineData("risk-durable")]
    public async Task Poison_IsTriedFourTimesAndThenKeptWithItsReason(string endpoint)
    {
        var before = worker.Prices.Reads;
        var caller = await Caller.ConnectAsync(worker.Broker);

        await caller.SendAsync(endpoint, """{"symbol":"BTC"}""");

        var parked = await worker.Broker.TakeAsync($"{endpoint}_error");
        Assert.Equal(4, worker.Prices.Reads - before);
        Assert.Equal(CountedPrices.Fault, Header(parked, "MT-Fault-Message"));
        Assert.Equal("""{"symbol":"BTC"}""", Encoding.UTF8.GetString(parked.Body.Span));
        var errors = (await worker.Broker.QueuesAsync("arguments", "policy"))[$"{endpoint}_error"];
        Assert.DoesNotContain("x-dead-letter", errors.GetProperty("arguments").ToString(), StringComparison.Ordinal);
        Assert.Equal("parked", errors.GetProperty("policy").GetString());
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("risk")]
    public async Task FailedInteractiveRequest_IsRefusedAtOnceAndNotKept(string endpoint)
    {
        var before = worker.Prices.Reads;
        var caller = await Caller.ConnectAsync(worker.Broker);

        var reply = await caller.AskAsync(endpoint, """{"symbol":"BTC"}""");

        Assert.Equal("refusal", reply.Type);
        Assert.Equal("internal_error", JsonDocument.Parse(reply.Body).RootElement.GetProperty("reason").GetString());
        Assert.DoesNotContain(CountedPrices.Fault, reply.Body, StringComparison.Ordinal);
        Assert.Equal(1, worker.Prices.Reads - before);
        Assert.Null(await worker.Broker.TryTakeAsync($"{endpoint}_error"));
    }

    private static string Header(BasicGetResult message, string name) => Encoding.UTF8.GetString((byte[])message.BasicProperties.Headers![name]!);

    public sealed class BrokenWorker : IAsyncLifetime
    {
        private IHost? _worker;

        public Broker Broker { get; } = new();

        internal CountedPrices Prices { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Broker.InitializeAsync();
            _worker = await Broker.StartWorkerAsync(services => services.AddSingleton<IPriceSource>(Prices));
        }

        public async ValueTask DisposeAsync()
        {
            if (_worker is not null)
            {
                await _worker.StopAsync();
                _worker.Dispose();
            }

            await Broker.DisposeAsync();
        }
    }
}
