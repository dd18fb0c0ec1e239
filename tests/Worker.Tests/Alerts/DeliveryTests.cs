using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.Alerts;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Alerts;

/// <summary>Alerts on their way to a webhook that does not always take them.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private readonly FileStore _store = new();
    private Receiver _receiver = null!;
    private DatabaseWorker _worker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _worker = await DatabaseWorker.StartAsync(_store, "Alerts:AllowPrivate", "true");
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _receiver.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task FailedPost_IsRepeatedWithTheSameId_UntilItIsTaken()
    {
        _receiver.AnswerStatus(500);
        var rule = await PutAsync(_receiver.Url);
        var alert = await RaiseAsync();
        await UntilAsync(rule.Id, made => made is { Waiting: 1, LastError: "the receiver answered 500" });

        _receiver.AnswerStatus(204);
        _worker.Time.Advance(TimeSpan.FromSeconds(7));
        await UntilAsync(rule.Id, made => made is { Delivered: 1, Waiting: 0 });

        Assert.Equal([alert.Id, alert.Id], _receiver.Received.Select(received => received.Headers["webhook-id"]));
        using var body = JsonDocument.Parse(_receiver.Received.Last().Body);
        Assert.Equal("alert.raised", body.RootElement.GetProperty("type").GetString());
        Assert.Equal("2024-07-01T12:00:00Z", body.RootElement.GetProperty("timestamp").GetString());
        Assert.Equal(alert, body.RootElement.GetProperty("data").Deserialize(ContractsJson.Body.Alert));
    }

    [Fact]
    public async Task AlertThatIsNotTakenForADay_IsParked_AndTriedAgainWithTheRule()
    {
        // Other tests' alerts are measured too.
        using var measured = new Measurements("coinsphere.");
        _receiver.AnswerStatus(500);
        var rule = await PutAsync(_receiver.Url);
        await RaiseAsync();
        await UntilAsync(rule.Id, made => made is { Waiting: 1, LastError: not null });

        _worker.Time.Advance(TimeSpan.FromDays(1));
        await UntilAsync(rule.Id, made => made is { Parked: 1, Waiting: 0 });
        await Until.True(() => Notes.Any(note => note.StartsWith("alert-webhooks: 1 alerts could not be posted", StringComparison.Ordinal)), "the note");

        _receiver.AnswerStatus(200);
        await PutAsync(_receiver.Url, rule.Id);
        await UntilAsync(rule.Id, made => made is { Delivered: 1, Parked: 0 });
        Assert.Equal(3, _receiver.Received.Count);
        Assert.All(
            (string[])["alerts.raised{condition=direction_changed}", "webhooks.posts{result=failed}", "webhooks.posts{result=parked}"],
            name => Assert.Contains(1, measured["coinsphere." + name]));
        Assert.Contains(1, measured["coinsphere.webhooks.parked"]);
        await Until.True(() => measured["coinsphere.webhooks.posts{result=delivered}"].Count > 0);
    }

    [Fact]
    public async Task ReceiverThatIsGone_GetsNothingMore_UntilTheRuleIsPutAgain()
    {
        _receiver.AnswerStatus(410);
        var rule = await PutAsync(_receiver.Url);
        await RaiseAsync();
        await UntilAsync(rule.Id, made => made is { Parked: 1, Stopped: true });

        await RaiseAsync(minutes: 10);
        await _store.UntilAsync("select count(*) = 3 from coinsphere_alert_deliveries where state = 'delivered' and target = 'bus'");
        Assert.Equal(1, await _store.ValueAsync<int>("select count(*) from coinsphere_alert_deliveries where target = 'webhook'"));

        _receiver.AnswerStatus(200);
        await PutAsync(_receiver.Url, rule.Id);
        await UntilAsync(rule.Id, made => made is { Delivered: 1, Parked: 0, Stopped: null });
        Assert.Equal(2, _receiver.Received.Count);
    }

    [Fact]
    public async Task Test_PostsALabelledEvent_AndTellsWhatBecameOfIt()
    {
        var rule = await PutAsync(_receiver.Url);

        var tested = await TestAsync(rule.Id);
        _receiver.AnswerStatus(404);
        var failed = await TestAsync(rule.Id);

        Assert.Equal((true, 200, null), (tested.Delivered, tested.Status, tested.Error));
        Assert.Equal((false, 404, "the receiver answered 404"), (failed.Delivered, failed.Status, failed.Error));
        using var body = JsonDocument.Parse(_receiver.Received.First().Body);
        Assert.Equal("alert.test", body.RootElement.GetProperty("type").GetString());
        Assert.Equal(
            $"A test of the webhook of rule {rule.Id}: nothing was raised", body.RootElement.GetProperty("data").GetProperty("message").GetString());
    }

    private IReadOnlyList<string> Notes => _worker.Services.GetRequiredService<Conditions>().Notes;

    private Task<AlertRule> PutAsync(string url, string? id = null) => _worker.AskAsync<AlertRulePutRequested, AlertRule>(
        new("BTC", AlertConditions.DirectionChanged) { Id = id, Webhook = url, QuietMinutes = 0 }, Endpoints.Alerts);

    private Task<WebhookTested> TestAsync(string rule) => _worker.AskAsync<AlertRuleTestRequested, WebhookTested>(new(rule), Endpoints.Alerts);

    private async Task<Alert> RaiseAsync(int minutes = 0)
    {
        var (evaluator, at) = (_worker.Services.GetRequiredService<AlertEvaluator>(), RuleFacts.Noon.AddMinutes(minutes));
        await evaluator.EvaluateAsync(AlertFacts.Of(RuleFacts.Prediction(direction: "bullish", at: at)), Cancel);
        return Assert.Single(await evaluator.EvaluateAsync(AlertFacts.Of(RuleFacts.Prediction(direction: "bearish", at: at.AddSeconds(1))), Cancel));
    }

    private Task UntilAsync(string rule, Func<WebhookDeliveries, bool> holds) => Until.True(
        async () => holds((await _worker.AskAsync<AlertRulesRequested, AlertRules>(new() { Id = rule }, Endpoints.Alerts)).Rules.Single().Deliveries!),
        "the rule's deliveries");
}
