using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Reflection;
using System.Runtime.Serialization;
using System.Threading.Tasks;
using Generated;

// Compiled against the generated client: its types are what is used here, and nothing else.
public static class Usage
{
    public static async Task<string[]> RunAsync(HttpClient http)
    {
        var service = new Service(http);
        var lines = new List<string>();

        var plain = await service.PredictAsync(body: new PredictBody { Symbol = "BTC" });
        double target = plain.Prediction.TargetPrice;
        PricePredictionDirection direction = plain.Prediction.Direction;
        double? high = plain.Prediction.Interval?.High;
        lines.Add($"{plain.Symbol} {Text(plain.Timeframe)}");
        Check(target > 0 && Enum.IsDefined(direction) && high > 0 && plain.Generated_at > DateTimeOffset.UnixEpoch);

        var past = await service.PredictAsync(
            x_Deadline_Ms: 20000, body: new PredictBody { Symbol = "BTC", AsOf = plain.Data_as_of, Explain = true });
        lines.Add($"as of {past.Data_as_of:yyyy-MM-dd}, {past.Contributions?.Features.Count} features");

        var ensemble = await service.PredictEnsembleAsync(body: new EnsembleBody { Symbol = "BTC", Min_confidence = 0.2 });
        lines.Add($"ensemble of {ensemble.Ensemble_metadata.Models_used}");

        var batch = await service.PredictBatchAsync(body: new PredictBatchBody { Symbols = ["BTC", "BNB"] });
        lines.Add("batch " + string.Join(", ", batch.Results.Select(item => $"{item.Symbol} {(item.Refusal is { } refusal ? Text(refusal.Reason) : "-")}")));

        var risk = await service.ScoreRiskAsync(body: new RiskBody { Symbol = "ETH", Portfolio_allocation = 0.1 });
        int score = risk.Risk_score;
        Check(score is >= 0 and <= 100 && Enum.IsDefined(risk.Risk_level));
        Check(risk.Portfolio.Value_at_risk_95_7d < risk.Forecast.Value_at_risk_95_7d);
        var portfolio = await service.ScorePortfolioRiskAsync(
            body: new PortfolioBody { Holdings = [new HoldingBody { Symbol = "BTC", Weight = 0.6 }, new HoldingBody { Symbol = "ETH", Weight = 0.4 }] });
        Check(portfolio.Holdings.Count == 2 && portfolio.Value_at_risk_95_7d > 0);
        lines.Add($"risk {risk.Symbol}");

        var prices = await service.GetPricesAsync(["BTC", "ETH"]);
        lines.Add("prices " + string.Join(',', prices.Prices.Where(price => price.Value.Price > 0).Select(price => price.Key)));

        var models = await service.ListModelsAsync();
        var model = await service.GetModelAsync("BTC");
        double? accuracy = model.Accuracy_7d;
        Check(accuracy is >= 0 and <= 1);
        lines.Add($"models {Text(models.Models.First().Status)},{Text(model.Status)}");

        var view = await service.GetPredictionAsync("BTC", timeframe: Timeframe._30d);
        lines.Add($"view {Text(view.Timeframe)}");

        lines.Add("history " + await RefusalAsync(() => service.GetPredictionHistoryAsync("BTC", limit: 5)));
        lines.Add("unknown symbol " + await RefusalAsync(() => service.PredictAsync(body: new PredictBody { Symbol = "NOPE" })));
        return [.. lines];
    }

    private static async Task<string> RefusalAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            await ask();
            return "none";
        }
        catch (ApiException<ProblemBody> refused)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Text(refused.Result.Reason)} {refused.Result.Status}");
        }
    }

    // A name as the JSON has it.
    private static string Text<T>(T value) where T : struct, Enum =>
        typeof(T).GetField(value.ToString())!.GetCustomAttribute<EnumMemberAttribute>()!.Value!;

    private static void Check(bool isTrue, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(isTrue))] string? what = null)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException($"expected {what}");
        }
    }
}
