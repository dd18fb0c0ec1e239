// A prediction service as a .NET team would write it without this project: a minimal API of ASP.NET, ONNX Runtime, StackExchange.Redis and Npgsql
// in one process, no broker. What is cached is the JSON, sent as it is; connections are pooled, statements prepared, models stay in memory. It answers
// what the benchmark asks, with the numbers our service gives.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.AspNetPeer;
using StackExchange.Redis;

const int predictionBars = 420, riskBars = 90;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, PeerJson.Default));
var settings = builder.Configuration;
var ttl = TimeSpan.FromSeconds(settings.GetValue("CACHE_TTL", 300));
var riskTtl = ttl > TimeSpan.Zero ? TimeSpan.FromHours(2) : TimeSpan.Zero;
await using var prices = new Prices(settings["POSTGRES"]!);
using var models = new Models(settings["MODEL_FOLDER"]!);
await using var redis = await ConnectionMultiplexer.ConnectAsync($"{settings["REDIS_HOST"]}:{settings["REDIS_PORT"]}");
var cache = redis.GetDatabase();

await using var app = builder.Build();
app.MapGet("/health", () => Results.Ok());

app.MapPost("/predict", (PredictionRequest request) =>
{
    var (symbol, timeframe) = (request.Symbol.ToUpperInvariant(), request.Timeframe ?? "7d");
    return timeframe is not ("7d" or "14d" or "30d")
        ? Task.FromResult(Results.Problem("timeframe must be one of 7d, 14d, 30d", statusCode: 400))
        : Cached($"aspnet:prediction:{symbol}:{timeframe}:{request.AsOf:O}", ttl, PeerJson.Default.PredictionAnswer, async () =>
        {
            var bars = await prices.NewestAsync(symbol, request.AsOf, predictionBars);
            if (bars.Length < Features.Steps + Features.WarmUp)
            {
                return null;
            }

            var features = Features.Of(bars);
            return models.Forward(symbol, Features.Standardise(features)) is { } probabilities
                ? Answers.Predict(symbol, timeframe, probabilities, bars, features[^1], ttl)
                : null;
        });
});

app.MapPost("/risk-score", (RiskRequest request) =>
{
    var symbol = request.Symbol.ToUpperInvariant();
    return Cached($"aspnet:risk:{symbol}:{request.AsOf:O}", riskTtl, PeerJson.Default.RiskAnswer, async () =>
    {
        var bars = await prices.NewestAsync(symbol, request.AsOf, riskBars);
        return bars.Length < riskBars ? null : Answers.Assess(symbol, bars, riskTtl);
    });
});

await app.RunAsync();

async Task<IResult> Cached<T>(string key, TimeSpan expiry, JsonTypeInfo<T> type, Func<Task<T?>> compute)
    where T : class
{
    if (expiry > TimeSpan.Zero && (byte[]?)await cache.StringGetAsync(key) is { } stored)
    {
        return Results.Bytes(stored, "application/json");
    }

    if (await compute() is not { } answer)
    {
        return Results.Problem("no model, or too few prices", statusCode: 404);
    }

    var body = JsonSerializer.SerializeToUtf8Bytes(answer, type);
    if (expiry > TimeSpan.Zero)
    {
        await cache.StringSetAsync(key, body, expiry);
    }

    return Results.Bytes(body, "application/json");
}
