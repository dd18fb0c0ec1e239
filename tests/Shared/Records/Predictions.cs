using Coinsphere.Messaging.Contracts;
using MassTransit;

namespace Coinsphere.Messaging.Tests;

/// <summary>Answers as a worker makes them and sends them to be recorded.</summary>
internal static class Predictions
{
    public static readonly DateTimeOffset Computed = new(2024, 7, 1, 11, 59, 58, 123, TimeSpan.Zero);

    public static PredictionAnswer Answer(string symbol, string id) => new(
        symbol, "7d",
        new PricePrediction(
            "bearish",
            "low",
            0.421,
            62495.96,
            new PriceRange(59371.17, 65620.76),
            62678.29,
            -0.29,
            new ClassProbabilities(0.420944, 0.20776, 0.371295)),
        new Indicators(35.47, "bearish", "increasing", 0.5), "BTC shows bearish momentum.", HistoricalAccuracy.NotMeasured,
        Computed, Computed.AddMinutes(5), "v0.9.0", id, "e7670c3c", new(2024, 6, 30), "csv", "neutral", "1f2e", "vector256");

    public static async Task RecordAsync(this IBus bus, PredictionCompleted completed)
    {
        var records = await bus.GetSendEndpoint(Endpoints.Address(Endpoints.PredictionRecords));
        await records.Send(completed, TestContext.Current.CancellationToken);
    }
}
