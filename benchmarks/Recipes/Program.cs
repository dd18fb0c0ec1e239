// Recipes FOLDER YEAR [NAME...]: trains every recipe on the years before YEAR - 1, calibrates it on YEAR - 1, and scores it on YEAR. Recipes FOLDER ranges:
// volatility and ranges of 2022 to 2024 beside EWMA's. Recipes FOLDER volatility FILE DAY: writes the volatility model of the bars up to a day. Recipes FOLDER
// reliability CHECKPOINTS OUTPUT FROM TRAINED: reliability diagrams and scores of the checkpoints' forecasts from a day on, beside the class frequencies up to
// TRAINED. Recipes FOLDER pooled CHECKPOINTS DAY: writes the pooled network's checkpoint of the supported symbols' ones, which were trained on and scored up to
// DAY. Recipes FOLDER others CHECKPOINTS YEAR...: its scores for the other symbols of the folder. Recipes FOLDER evidence: how
// often the gate of promotions and the alarm are right, on networks of the supported symbols from 2018 to 2024.
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Recipes;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Microsoft.Extensions.Logging.Abstractions;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (folder, what) = (args[0], args[1]);
var symbols = what is "ranges" or "volatility"
    ? ["ADA", "ATOM", "AVAX", "BNB", "BTC", "DOGE", "DOT", "ETC", "ETH", "LINK", "LTC", "MATIC", "SOL", "UNI", "XRP"]
    : Directory.GetFiles(folder, "*.csv").Select(Path.GetFileNameWithoutExtension).Where(name => name!.All(char.IsUpper)).Order().ToArray();
var source = new CsvPriceSource(folder, new SymbolCatalog(symbols!, []), TimeProvider.System, NullLogger<CsvPriceSource>.Instance);
switch (what)
{
    case "ranges":
        Ranges.Report([.. (await ReadAsync(DateOnly.MaxValue)).Select(history => history.Series)], [2022, 2023, 2024]);
        break;
    case "volatility":
        var fitted = VolatilityFit.Of((await ReadAsync(Day(args[3]))).Select(history => history.Series), Day(args[3]))!;
        await File.WriteAllBytesAsync(args[2], VolatilityFile.Write(fitted));
        break;
    case "evidence":
        new Evidence(await SupportedAsync(new(2024, 12, 31))).Report();
        break;
    case "pooled":
        Pooled.Write(await SupportedAsync(Day(args[3])), args[2], Day(args[3]));
        break;
    case "others":
        Pooled.Score(await ReadAsync(DateOnly.MaxValue), args[2], [.. args[3..].Select(year => int.Parse(year, CultureInfo.InvariantCulture))]);
        break;
    case "reliability":
        Reliability.Draw(await ReadAsync(DateOnly.MaxValue), args[2], args[3], Day(args[4]), Day(args[5]));
        break;
    default:
        await CompareAsync(int.Parse(what, CultureInfo.InvariantCulture));
        break;
}

static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

async Task<List<LabelledHistory>> ReadAsync(DateOnly lastDay)
{
    var histories = new List<LabelledHistory>();
    foreach (var symbol in symbols)
    {
        histories.Add(new LabelledHistory((await source.ReadAsync(symbol!, lastDay, int.MaxValue, CancellationToken.None))!));
    }

    return histories;
}

// In the order of a training.
async Task<List<LabelledHistory>> SupportedAsync(DateOnly lastDay) =>
    [.. (await ReadAsync(lastDay)).Where(history => SymbolCatalog.Default.IsSupported(history.Series.Symbol))
        .OrderBy(history => SymbolCatalog.Default.Supported.ToList().IndexOf(history.Series.Symbol))];

async Task CompareAsync(int year)
{
    var periods = new Periods(new(year - 2, 12, 31), new(year - 1, 12, 31), new(year, 12, 31));
    var histories = await ReadAsync(periods.End);
    var comparison = new Comparison(histories, periods);
    Console.WriteLine($"trained to {periods.Training:yyyy-MM-dd}, calibrated to {periods.Validation:yyyy-MM-dd}, scored to {periods.End:yyyy-MM-dd}, "
        + $"{histories.Count} symbols");
    Console.WriteLine("| recipe | 7 days: accuracy | Brier | skill | least symbol | ECE | 14 days: skill | 30 days: skill | scale 7/14/30 | s |");
    Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
    comparison.LastDirection();
    comparison.Regression();
    foreach (var recipe in Comparison.All.Where(recipe => args.Length == 2 || args[2..].Any(name => recipe.Name.Contains(name, StringComparison.Ordinal))))
    {
        comparison.Run(recipe);
    }
}
