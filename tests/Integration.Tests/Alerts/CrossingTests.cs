using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Integration.Tests.Messaging;
using Coinsphere.Messaging.Worker.Alerts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Coinsphere.Messaging.Integration.Tests.Alerts;

/// <summary>A rule made over HTTP, two worker processes with one database, and events that come more than once.</summary>
public sealed class CrossingTests(Broker broker) : IClassFixture<Broker>, IAsyncLifetime
{
    private readonly ConcurrentQueue<Alert> _raised = new();
    private readonly List<RunningProgram> _workers = [];
    private TestDatabase _database = null!;
    private Receiver _receiver = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _receiver = await Receiver.StartAsync();
        await broker.DeclareAsync("client.dashboard.alerts", "Coinsphere.Messaging.Contracts:AlertRaised");
        var channel = await broker.ChannelAsync(broker.Url(Broker.Dashboard));
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            using var envelope = JsonDocument.Parse(message.Body);
            _raised.Enqueue(envelope.RootElement.GetProperty("message").GetProperty("alert").Deserialize(ContractsJson.Body.Alert)!);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("client.dashboard.alerts", autoAck: true, consumer, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _receiver.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Crossing_IsOneEventAndOneSignedPost_WithTheWorkersKilledInBetween()
    {
        await StartWorkersAsync(2);
        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.First()) };
        using var made = await http.PostAsJsonAsync(
            "/api/v1/alerts/rules", new { symbol = "BTC", when = "direction_changed", webhook = _receiver.Url, quiet_minutes = 0 }, Cancel);
        var rule = (await made.Content.ReadFromJsonAsync(ContractsJson.Body.AlertRule, Cancel))!;
        await using var publisher = await broker.StartPublisherAsync(Broker.Worker);
        var bus = publisher.GetRequiredService<IBus>();
        var now = DateTimeOffset.UtcNow;
        await bus.Publish(new PredictionCompleted(RuleFacts.Prediction(direction: "bullish", at: now.AddSeconds(-10))), Cancel);
        await _database.UntilAsync("select count(*) = 1 from coinsphere_alert_states where last = 'bullish'");

        // The receiver does not answer, and both workers die meanwhile.
        var hangs = true;
        _receiver.Answer = http => Volatile.Read(ref hangs)
            ? Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default)
            : Task.CompletedTask;
        var crossed = new PredictionCompleted(RuleFacts.Prediction(direction: "bearish", at: now, id: "crossed"));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => bus.Publish(crossed, Cancel)));
        await Until.True(() => !_receiver.Received.IsEmpty, "the first post");
        await Task.WhenAll(_workers.Select(worker => worker.KillAsync()));
        Volatile.Write(ref hangs, false);
        await StartWorkersAsync(2);
        // The try of a worker that died is repeated after its lease.
        await _database.UntilAsync(
            "select count(*) = 2 from coinsphere_alert_deliveries where state = 'delivered'", DeliveryStore.Lease + TimeSpan.FromSeconds(30));
        await bus.Publish(crossed, Cancel);
        await Until.True(
            async () => (await http.GetFromJsonAsync<JsonElement>("/api/v1/alerts", Cancel)).GetProperty("total").GetInt32() == 1, "one alert");

        var alert = Assert.Single(_raised.DistinctBy(one => one.Id));
        Assert.Equal((rule.Id, "crossed", "bullish", "bearish"), (alert.Rule, alert.PredictionId, alert.From, alert.To));
        Assert.Equal(2, _receiver.Received.Count);
        Assert.All(_receiver.Received, received =>
        {
            Assert.Equal(alert.Id, received.Headers["webhook-id"]);
            var signed = Encoding.UTF8.GetBytes($"{alert.Id}.{received.Headers["webhook-timestamp"]}.{received.Body}");
            var key = Convert.FromBase64String(rule.Secret!["whsec_".Length..]);
            Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)), received.Headers["webhook-signature"]);
        });
    }

    private async Task StartWorkersAsync(int count)
    {
        var started = Enumerable.Range(0, count).Select(_ => RunningProgram.Start("Worker", environment:
        [
            ("RABBITMQ_URL", broker.Url(Broker.Worker)), ("Prices__Database", _database.ConnectionString), ("MODEL_CHECKPOINT_DIR", Repository.Checkpoints),
            ("Alerts__AllowPrivate", "true"),
        ])).ToArray();
        _workers.AddRange(started);
        foreach (var worker in started)
        {
            await worker.StartedAsync();
        }
    }
}
