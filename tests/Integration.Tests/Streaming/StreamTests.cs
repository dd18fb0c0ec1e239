using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Integration.Tests.Messaging;
using Coinsphere.Messaging.Worker.Consumers;
using Coinsphere.Messaging.Worker.Events;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Streaming;

/// <summary>Streams of several gateways and workers on one broker, each process with the rights that the definitions give it.</summary>
public sealed class StreamTests(Broker broker) : IClassFixture<Broker>
{
    private const string Predictions = "/api/v1/stream/predictions";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StreamOfAKilledGateway_GoesOnAtAnother_WithoutGapOrDouble()
    {
        using var first = await broker.StartWorkerAsync();
        using var second = await broker.StartWorkerAsync();
        var (process, killed) = await ServiceProcess.StartGatewayAsync(broker.Url(Broker.Gateway));
        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        await using var disposed = process;
        await Until.True(async () => (await killed.GetAsync("/health/ready", Cancel)).IsSuccessStatusCode, "the gateway is ready");

        await using var all = await EventStream.OpenAsync(http, Predictions);
        await using var interrupted = await EventStream.OpenAsync(killed, Predictions);
        await AskAsync(http, "/predict", "BTC", "ETH", "SOL", "ADA");
        var read = await interrupted.NextAsync(3);
        await AskAsync(http, "/predict", "XRP", "DOT");
        await process.KillAsync();
        await AskAsync(http, "/predict", "LTC", "UNI");
        await using var resumed = await EventStream.OpenAsync(http, Predictions, interrupted.LastId);
        await AskAsync(http, "/predict", "ATOM");

        var expected = await all.NextAsync(9);
        var found = read.Concat(await resumed.NextAsync(6)).ToArray();
        Assert.Equal(expected.Select(item => item.EventId), found.Select(item => item.EventId));
        Assert.Equal(expected.Select(item => item.Data), found.Select(item => item.Data));
        Assert.Equal(9, found.Select(item => Symbol(item.Data)).Distinct().Count());

        // One that starts later has the same log.
        await using var late = await broker.StartGatewayAsync();
        using var lateHttp = new HttpClient { BaseAddress = new Uri(late.Urls.Single()) };
        await using var again = await EventStream.OpenAsync(lateHttp, Predictions, expected[0].EventId);
        Assert.Equal(expected.Skip(1).Select(item => item.EventId), (await again.NextAsync(8)).Select(item => item.EventId));
    }

    [Fact]
    public async Task EventThatIsPublishedTwice_IsOneAtEveryGateway_AndAnotherComputationIsAnother()
    {
        using var worker = await broker.StartWorkerAsync();
        await using var gateway = await broker.StartGatewayAsync();
        await using var other = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        using var otherHttp = new HttpClient { BaseAddress = new Uri(other.Urls.Single()) };
        await using var stream = await EventStream.OpenAsync(http, "/api/v1/stream/predictions?symbols=BNB,AVAX");
        await using var otherStream = await EventStream.OpenAsync(otherHttp, "/api/v1/stream/predictions?symbols=BNB,AVAX");
        var events = worker.Services.GetRequiredService<PlainEvents>();
        var (key, at) = (EventLog.PredictionKey("BNB", "7d", asOf: null), DateTimeOffset.UtcNow);
        var twice = new PlainEvent(EventLog.Prediction, key, "one-id", at, """{"symbol":"BNB","timeframe":"7d"}"""u8.ToArray());

        await events.PublishAsync(twice, Cancel);
        await events.PublishAsync(twice, Cancel);
        await Until.True(() => DateTimeOffset.UtcNow >= at.AddMilliseconds(2), "the clock goes on");
        await events.PublishAsync(twice with { ComputedAt = DateTimeOffset.UtcNow }, Cancel);
        await AskAsync(http, "/predict", "AVAX");

        var found = await stream.NextAsync(3);
        Assert.Equal(["BNB", "BNB", "AVAX"], found.Select(item => Symbol(item.Data)));
        Assert.Equal(found.Select(item => item.EventId), (await otherStream.NextAsync(3)).Select(item => item.EventId));
    }

    [Fact]
    public async Task PlainSubscriber_GetsTheAnswersJsonByItsKey_AndPastDaysByAnother()
    {
        using var worker = await broker.StartWorkerAsync();
        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        var channel = await broker.ChannelAsync(broker.Url(Broker.Dashboard));
        (string, string)[] bound =
            [("client.dashboard.btc", "prediction.BTC.*"), ("client.dashboard.replay", "replay.#"), ("client.dashboard.risk", "risk.*")];
        foreach (var (queue, key) in bound)
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancel);
            await channel.QueueBindAsync(queue, "events", key, cancellationToken: Cancel);
        }

        await broker.DeclareAsync("client.envelopes", "Coinsphere.Messaging.Contracts:PredictionCompleted");

        var replay = await PostAsync(http, "/predict", new { symbol = "BTC", timeframe = "14d", asOf = "2024-06-30" });
        await PostAsync(http, "/predict", new { symbol = "DOGE", timeframe = "14d" });
        var answer = await PostAsync(http, "/predict", new { symbol = "BTC", timeframe = "14d" });
        var risk = await PostAsync(http, "/risk-score", new { symbol = "LINK" });

        var message = await broker.TakeAsync("client.dashboard.btc");
        Assert.Equal(answer, Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(("application/json", "prediction"), (message.BasicProperties.ContentType, message.BasicProperties.Type));
        using var json = JsonDocument.Parse(answer);
        Assert.Equal(json.RootElement.GetProperty("prediction_id").GetString(), message.BasicProperties.MessageId);
        Assert.Equal(
            json.RootElement.GetProperty("generated_at").GetDateTimeOffset().ToUnixTimeMilliseconds(), message.BasicProperties.Headers!["X-Computed-At"]);
        Assert.Null(await broker.TryTakeAsync("client.dashboard.btc"));

        var past = await broker.TakeAsync("client.dashboard.replay");
        Assert.Equal(("replay.BTC.14d", replay), (past.RoutingKey, Encoding.UTF8.GetString(past.Body.Span)));
        var scored = await broker.TakeAsync("client.dashboard.risk");
        Assert.Equal(("risk.LINK", risk), (scored.RoutingKey, Encoding.UTF8.GetString(scored.Body.Span)));

        var envelopes = new List<BasicGetResult>();
        while (envelopes.Count < 3)
        {
            envelopes.Add(await broker.TakeAsync("client.envelopes"));
        }

        var days = envelopes.Select(envelope => JsonDocument.Parse(envelope.Body).RootElement).ToLookup(
            envelope => envelope.GetProperty("headers").TryGetProperty("X-As-Of", out var day) ? day.GetString() : null,
            envelope => envelope.GetProperty("message").GetProperty("answer").GetProperty("symbol").GetString());
        Assert.Equal(["BTC"], days["2024-06-30"]);
        Assert.Equal(2, days[null].Count());
    }

    [Fact]
    public async Task Alert_ReachesItsStreamOnce_HoweverOftenItIsPublished()
    {
        using var worker = await broker.StartWorkerAsync();
        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        await using var stream = await EventStream.OpenAsync(http, "/api/v1/stream/alerts?symbols=BTC");
        var events = worker.Services.GetRequiredService<PlainEvents>();
        var alert = new Alert("crossing-1", "rule-1", "BTC", DateTimeOffset.UtcNow, 0.61, 0.6)
        {
            When = "probability_above",
            Message = "BTC is likelier to rise",
        };

        await events.PublishAsync(alert, Cancel);
        await events.PublishAsync(alert, Cancel);
        await events.PublishAsync(alert with { Id = "crossing-2", Symbol = "ETH" }, Cancel);
        await events.PublishAsync(alert with { Id = "crossing-3" }, Cancel);

        var found = await stream.NextAsync(2);
        Assert.Equal(["alert", "alert"], found.Select(item => item.EventType));
        Assert.Equal(JsonSerializer.Serialize(alert, ContractsJson.Body.Alert), found[0].Data);
        Assert.Contains("crossing-3", found[1].Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListenerAtAGatewayThatStarts_GetsNothingOfBefore()
    {
        using var worker = await broker.StartWorkerAsync();
        var events = worker.Services.GetRequiredService<PlainEvents>();

        // At once, so that the broker keeps many of them as one part of its log.
        var earlier = Enumerable.Range(0, 1000).Select(i => new PlainEvent(
            EventLog.Prediction, EventLog.PredictionKey("ETH", "7d", asOf: null), $"earlier-{i}", DateTimeOffset.UtcNow,
            """{"symbol":"ETH","timeframe":"7d"}"""u8.ToArray()));
        await Task.WhenAll(earlier.Select(one => events.PublishAsync(one, Cancel)));

        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        await using var stream = await EventStream.OpenAsync(http, Predictions);
        await AskAsync(http, "/predict", "LTC");

        Assert.Equal("LTC", Symbol((await stream.NextAsync()).Data));
    }

    [Fact]
    public async Task LogThatIsDeletedAndMadeAgain_ResetsStreams_AndOldIdsAreUnknown()
    {
        using var worker = await broker.StartWorkerAsync();
        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        await using var stream = await EventStream.OpenAsync(http, Predictions);
        await AskAsync(http, "/predict", "MATIC", "ETC");
        await stream.NextAsync(2);
        var admin = await broker.ChannelAsync();
        await admin.QueueDeleteAsync("event-log", cancellationToken: Cancel);
        await broker.ImportAsync();
        await Until.True(() => BoundAsync("event-log"), "the import makes the log again");

        await AskAsync(http, "/risk-score", "ETC");

        var old = stream.LastId;
        var reset = await stream.NextAsync();
        Assert.Equal(("reset", "restarted"), (reset.EventType, Reason(reset.Data)));
        await using var resumed = await EventStream.OpenAsync(http, "/api/v1/stream/risk", old);
        var unknown = await resumed.NextAsync();
        Assert.Equal(("reset", "unknown"), (unknown.EventType, Reason(unknown.Data)));
        await AskAsync(http, "/risk-score", "UNI");
        Assert.Equal("UNI", Symbol((await resumed.NextAsync()).Data));
    }

    [Fact]
    public async Task GatewayThatMayNotReadTheLog_AnswersRequests_AndSaysWhy()
    {
        await using var earlier = new Broker();
        await earlier.InitializeAsync();
        const string before = "^(predict|predict-ensemble|risk|portfolio-risk|models|prices|records|backtest|amq\\.fanout|ModelsReported-[0-9a-f]{32}|"
            + "Coinsphere\\.Messaging\\.Contracts:(CacheClearRequested|ModelsReported))$";
        await earlier.PermitAsync(Broker.Gateway, before, before, before);
        await using var gateway = await earlier.StartGatewayAsync();
        using var worker = await earlier.StartWorkerAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        var conditions = gateway.Services.GetRequiredService<Conditions>();

        await Until.True(
            () => conditions.Notes.Any(note => note.StartsWith("streams: the log of events cannot be read", StringComparison.Ordinal)), "it is noted");
        await AskAsync(http, "/predict", "BTC");
        await using var stream = await EventStream.OpenAsync(http, Predictions);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready", Cancel)).StatusCode);
    }

    [Fact]
    public async Task BrokerWithoutDefinitions_GetsTheSameLog()
    {
        await using var empty = new Broker();
        await empty.InitializeAsync();
        var admin = await empty.ChannelAsync();
        await admin.QueueDeleteAsync("event-log", cancellationToken: Cancel);
        await admin.ExchangeDeleteAsync("events", cancellationToken: Cancel);
        using var worker = await empty.StartWorkerAsync(url: empty.AdminUrl);
        await using var gateway = await empty.StartGatewayAsync(empty.AdminUrl);
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        await Until.True(async () => (await empty.QueuesAsync()).ContainsKey("event-log"), "the log is declared");
        await using var stream = await EventStream.OpenAsync(http, Predictions);

        await AskAsync(http, "/predict", "BTC");

        Assert.Equal("BTC", Symbol((await stream.NextAsync()).Data));
    }

    private async Task<bool> BoundAsync(string queue)
    {
        var bindings = await broker.BindingsAsync();
        return bindings.Count(
            binding => binding.GetProperty("destination_name").GetString() == queue && binding.GetProperty("source_name").GetString() == "events") == 3;
    }

    private static string? Reason(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("reason").GetString();
    }

    private static string? Symbol(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("symbol").GetString();
    }

    private static async Task AskAsync(HttpClient http, string path, params string[] symbols)
    {
        foreach (var symbol in symbols)
        {
            await PostAsync(http, path, new { symbol });
        }
    }

    private static async Task<string> PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync(path, body, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return text;
    }
}
