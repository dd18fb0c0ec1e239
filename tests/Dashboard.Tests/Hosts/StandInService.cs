using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Dashboard.Tests.Hosts;

/// <summary>A service that answers what a test tells it to, over HTTP.</summary>
internal sealed class StandInService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StandInService(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    /// <summary>The predictions, by symbol in their order. Those that are null are refused.</summary>
    public OrderedDictionary<string, PredictionAnswer?> Predictions { get; } = new() { ["BTC"] = Answers.Prediction("BTC") };

    public Dictionary<string, RiskAnswer> Risks { get; } = [];

    public Dictionary<string, ModelInfo> Models { get; } = [];

    public RequestRefused Refusal { get; set; } = new(RefusalReason.ModelNotTrained, "no model is trained");

    /// <summary>Why the service is not ready; none means that it is.</summary>
    public string[] Reasons { get; set; } = [];

    public string[] Notes { get; set; } = [];

    /// <summary>What it tells of its processes; null where it is of an older release.</summary>
    public SystemReport? System { get; set; } = Answers.System;

    /// <summary>The alert rules, and what they raised; null where it keeps none.</summary>
    public List<AlertRule>? Rules { get; set; }

    public List<Alert> Alerts { get; } = [];

    /// <summary>Why no rule may be changed; null where one may.</summary>
    public RequestRefused? ChangeRefusal { get; set; }

    /// <summary>What the test of a webhook finds.</summary>
    public WebhookTested Tested { get; set; } = new(true, 200, 84, null);

    /// <summary>Writes an event to the open streams of predictions, once there is one.</summary>
    public Channel<PredictionAnswer>? Streamed { get; set; }

    /// <summary>How often the board was asked for.</summary>
    public int Asked { get; private set; }

    public static async Task<StandInService> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var service = new StandInService(app);
        service.Map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return service;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map(WebApplication app)
    {
        app.MapGet("/health/ready", () =>
        {
            Asked++;
            var (status, code) = Reasons.Length == 0 ? ("ready", 200) : ("not_ready", 503);
            return Results.Json(new { status, reasons = Reasons, notes = Notes }, statusCode: code);
        });
        app.MapGet("/models", () => Body(
            new ModelsDescribed([.. Predictions.Keys.Select(symbol => Models.GetValueOrDefault(symbol) ?? Answers.Model(symbol))]),
            ContractsJson.Body.ModelsDescribed));
        app.MapPost("/predict/batch", () => Results.Json(new BatchAnswer<PredictionAnswer>(
            [.. Predictions.Select(one => new BatchItem<PredictionAnswer>(one.Key, one.Value, one.Value is null ? Refusal : null))])));
        app.MapPost("/risk-score/batch", () => Results.Json(new BatchAnswer<RiskAnswer>(
            [.. Predictions.Keys.Select(symbol => new BatchItem<RiskAnswer>(symbol, Risks.GetValueOrDefault(symbol) ?? Answers.Risk(symbol)))])));
        app.MapGet("/api/v1/prices/{symbol}", (string symbol, int days) => Body(Answers.Bars(symbol, days), ContractsJson.Body.PriceBars));
        app.MapPost("/predict", () => Predictions.Values.First() is { } answer
            ? Body(answer, ContractsJson.Body.PredictionAnswer)
            : Refused(Refusal));
        app.MapPost("/risk-score", () => Body(Answers.Risk("BTC"), ContractsJson.Body.RiskAnswer));
        app.MapGet("/api/v1/system", () => System is null ? Results.NotFound() : Body(System, ContractsJson.Body.SystemReport));
        app.MapGet("/api/v1/alerts", () => Rules is null ? NoRecords() : Body(new AlertHistory([.. Alerts], Alerts.Count), ContractsJson.Body.AlertHistory));
        app.MapGet("/api/v1/alerts/rules", () =>
            Rules is null ? NoRecords() : Body(new AlertRules([.. Rules], Rules.Count), ContractsJson.Body.AlertRules));
        app.MapPost("/api/v1/alerts/rules", (AlertRulePutRequested rule) => ChangeRefusal is not null ? Refused(ChangeRefusal) : Put("new", rule));
        app.MapPut("/api/v1/alerts/rules/{id}", (string id, AlertRulePutRequested rule) => Put(id, rule));
        app.MapDelete("/api/v1/alerts/rules/{id}", (string id) =>
        {
            Rules!.RemoveAll(rule => rule.Id == id);
            return Body(new AlertRuleRemoved(id), ContractsJson.Body.AlertRuleRemoved);
        });
        app.MapPost("/api/v1/alerts/rules/{id}/test", (string id) => Body(Tested, ContractsJson.Body.WebhookTested));
        app.MapGet("/api/v1/stream/predictions", (CancellationToken stopped) => Streamed is null
            ? NoRecords()
            : Results.ServerSentEvents(EventsAsync(Streamed.Reader, stopped)));
        app.MapFallback(NoRecords);
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        ChannelReader<PredictionAnswer> answers, [EnumeratorCancellation] CancellationToken stopped)
    {
        await foreach (var answer in answers.ReadAllAsync(stopped))
        {
            yield return new(JsonSerializer.Serialize(answer, ContractsJson.Body.PredictionAnswer), "prediction") { EventId = answer.PredictionId };
        }
    }

    private IResult Put(string id, AlertRulePutRequested rule)
    {
        var put = new AlertRule(id, rule.Symbol!, rule.When!, rule.QuietMinutes ?? 60)
        {
            Value = rule.Value,
            Class = rule.Class,
            Timeframe = rule.Timeframe,
            Webhook = rule.Webhook,
        };
        Rules!.RemoveAll(one => one.Id == id);
        Rules.Add(put);
        return Body(put with { Secret = rule.Webhook is null ? null : "whsec_once" }, ContractsJson.Body.AlertRule);
    }

    private static IResult NoRecords() => Refused(new(RefusalReason.RecordsUnavailable, "this service records no predictions"));

    private static IResult Refused(RequestRefused refusal) => Results.Content(
        JsonSerializer.Serialize(refusal, ContractsJson.Body.RequestRefused), "application/problem+json", statusCode: 404);

    private static IResult Body<T>(T answer, JsonTypeInfo<T> type) => Results.Content(JsonSerializer.Serialize(answer, type), "application/json");
}
