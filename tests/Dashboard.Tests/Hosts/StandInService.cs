using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Dashboard.Tests.Hosts;

/// <summary>A service that answers what a test tells it to, over HTTP, and has no streams.</summary>
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
        app.MapFallback(() => Refused(new(RefusalReason.RecordsUnavailable, "this service records no predictions")));
    }

    private static IResult Refused(RequestRefused refusal) => Results.Content(
        JsonSerializer.Serialize(refusal, ContractsJson.Body.RequestRefused), "application/problem+json", statusCode: 404);

    private static IResult Body<T>(T answer, JsonTypeInfo<T> type) => Results.Content(JsonSerializer.Serialize(answer, type), "application/json");
}
