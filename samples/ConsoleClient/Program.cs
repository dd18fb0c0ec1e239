// Asks a running service (./run) for a prediction, a risk score and a batch.
//   dotnet run --project samples/ConsoleClient [SYMBOL...]
// Or prints new predictions as they are computed, until Ctrl-C:
//   dotnet run --project samples/ConsoleClient watch [SYMBOL...]
using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var isWatching = args is ["watch", ..];
string[] symbols = isWatching ? args[1..] : args.Length > 0 ? args : ["BTC", "ETH", "NOPE"];

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddPredictionClient();
using var host = builder.Build();
await host.StartAsync();
var client = host.Services.GetRequiredService<IPredictionClient>();

try
{
    if (isWatching)
    {
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        await foreach (var (id, answer, missed) in client.WatchPredictionsAsync(symbols, cancellationToken: stopping))
        {
            Console.WriteLine($"{id} {(answer is null ? missed : Describe(answer))}");
        }
    }

    var prediction = await client.GetPredictionAsync(symbols[0]);
    Console.WriteLine(prediction.IsRefused ? Refused(symbols[0], prediction.Refusal) : Describe(prediction.Answer));

    var risk = await client.GetRiskScoreAsync(symbols[0]);
    Console.WriteLine(risk.IsRefused ? Refused(symbols[0], risk.Refusal) : $"{risk.Answer.Symbol} risk {risk.Answer.RiskScore}/100 ({risk.Answer.RiskLevel})");

    var batch = await client.GetBatchPredictionsAsync(symbols, "30d");
    if (batch.IsRefused)
    {
        Console.WriteLine(Refused("batch", batch.Refusal));
    }

    foreach (var item in batch.Answer?.Results ?? [])
    {
        Console.WriteLine(item.Answer is { } answer ? Describe(answer) : Refused(item.Symbol, item.Refusal!));
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 0;
}
catch (Exception failure) when (failure is PredictionServiceException or WatchRefusedException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}

static string Describe(PredictionAnswer answer) =>
    $"{answer.Symbol} {answer.Timeframe} {answer.Prediction.Direction} ({answer.Prediction.ConfidenceScore}), {answer.Prediction.CurrentPrice} -> "
        + $"{answer.Prediction.TargetPrice} USD, prices: {answer.DataSource}";

static string Refused(string symbol, RequestRefused refusal) => $"{symbol} refused: {refusal.Reason}, {refusal.Detail}";
