using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Integration.Tests.Prices;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>Queues that do not take what workers tell.</summary>
public sealed class FullSubscriberTests(Broker broker) : IClassFixture<Broker>
{
    private const string Completed = "Coinsphere.Messaging.Contracts:PredictionCompleted";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "WallClock")]
    public async Task SubscriberWhoseFullQueueRejects_CostsOnlyItself()
    {
        var admin = await broker.ChannelAsync();
        await admin.QueueDeclareAsync("client.publisher.full", durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" }, cancellationToken: Cancel);
        await admin.QueueBindAsync("client.publisher.full", Completed, "", cancellationToken: Cancel);
        await broker.DeclareAsync("client.other", Completed);
        using var rejected = new Counters("coinsphere.events.rejected");
        using var worker = await broker.StartWorkerAsync();
        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };

        var median = await AskAsync(http, 40, "7d");
        await Until.True(() => rejected.Sum >= 39, "events are rejected");
        Assert.True(median < TimeSpan.FromSeconds(1), $"half of the answers took {median.TotalSeconds:0.0} s");
        Assert.Equal(40, await DrainAsync("client.other", 40));

        var caller = await Caller.ConnectAsync(broker);
        Assert.Equal("prediction", (await caller.AskAsync("predict-durable", """{"symbol":"ETH","asOf":"2024-06-30"}""")).Type);
        Assert.Equal(1, await DrainAsync("client.other", 1));

        // Nor does a full queue for replies.
        await caller.SendAsync("predict-durable", """{"symbol":"ETH","asOf":"2024-06-29"}""", replyTo: "client.publisher.full");
        Assert.Equal(1, await DrainAsync("client.other", 1));
        await Until.True(async () => await broker.CountAsync("predict-durable") == 0, "the request is acknowledged");
        await worker.StopAsync(Cancel);
        Assert.Equal(0u, await broker.CountAsync("predict-durable"));
        Assert.Null(await broker.TryTakeAsync("predict-durable_error"));
        Assert.Null(await broker.TryTakeAsync("client.other"));
    }

    [Fact]
    [Trait("Category", "WallClock")]
    public async Task FullQueueOfRecords_HoldsNoAnswer_AndEveryRecordIsKept()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var worker = await broker.StartWorkerAsync(database: database.ConnectionString);
        await worker.Services.GetRequiredService<PriceWriter>()
            .WriteAsync("BTC", SyntheticSeries.Generate("BTC", new(2024, 6, 30)), DateTimeOffset.UnixEpoch, Cancel);
        await broker.LimitAsync("prediction-records", 20);
        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        var conditions = worker.Services.GetRequiredService<Conditions>();

        await using (var connection = await database.Source.OpenConnectionAsync(Cancel))
        {
            await using var locked = await connection.BeginTransactionAsync(Cancel);
            await using (var command = new NpgsqlCommand("lock table predictions in access exclusive mode", connection))
            {
                await command.ExecuteNonQueryAsync(Cancel);
            }

            var median = await AskAsync(http, 84, "14d");
            Assert.True(median < TimeSpan.FromSeconds(1), $"half of the answers took {median.TotalSeconds:0.0} s");
            await Until.True(() => conditions.Notes.Any(note => note.StartsWith("records: ", StringComparison.Ordinal)), "the full queue is noted");
        }

        await database.UntilAsync("select count(*) = 84 from predictions where timeframe = '14d'");
        await Until.True(() => !conditions.Notes.Any(note => note.StartsWith("records: ", StringComparison.Ordinal)), "the note is gone");
        await worker.StopAsync(Cancel);
    }

    [Fact]
    public async Task WorkerThatStops_HasToldOfEveryAnswer()
    {
        await broker.DeclareAsync("client.stopping", Completed);
        using var worker = await broker.StartWorkerAsync();
        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };

        await AskAsync(http, 84, "30d");
        await worker.StopAsync(Cancel);

        Assert.Equal(84u, await broker.CountAsync("client.stopping"));
    }

    /// <summary>Asks for so many predictions, a few at a time, and returns how long half of them took at most.</summary>
    private static async Task<TimeSpan> AskAsync(HttpClient http, int count, string timeframe)
    {
        var times = new List<TimeSpan>();
        foreach (var days in Enumerable.Range(0, count).Select(i => new DateOnly(2024, 1, 1).AddDays(i)).Chunk(4))
        {
            times.AddRange(await Task.WhenAll(days.Select(async day =>
            {
                var started = Stopwatch.GetTimestamp();
                using var response = await http.PostAsJsonAsync("/predict", new { symbol = "BTC", timeframe, asOf = day.ToString("yyyy-MM-dd", null) }, Cancel);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                return Stopwatch.GetElapsedTime(started);
            })));
        }

        return times.Order().ElementAt(count / 2);
    }

    private async Task<int> DrainAsync(string queue, int count)
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < count; i++)
        {
            var message = await broker.TakeAsync(queue);
            Assert.True(
                ids.Add(JsonDocument.Parse(message.Body).RootElement.GetProperty("message").GetProperty("answer").GetProperty("prediction_id").GetString()!),
                "an event came twice");
        }

        return ids.Count;
    }
}
