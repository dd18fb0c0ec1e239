using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Recipes;
using Coinsphere.Messaging.Worker.Prices;
using Microsoft.Extensions.Logging.Abstractions;

// Recipes FOLDER YEAR [NAME...]: trains every recipe on the years before YEAR - 1, calibrates it on YEAR - 1, and scores it on YEAR.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (folder, year) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture));
var symbols = Directory.GetFiles(folder, "*.csv").Select(Path.GetFileNameWithoutExtension).Where(name => name!.All(char.IsUpper)).Order().ToArray();
var source = new CsvPriceSource(folder, new SymbolCatalog(symbols!, []), TimeProvider.System, NullLogger<CsvPriceSource>.Instance);
var periods = new Periods(new(year - 2, 12, 31), new(year - 1, 12, 31), new(year, 12, 31));
var histories = new List<LabelledHistory>();
foreach (var symbol in symbols)
{
    var series = (await source.ReadAsync(symbol!, periods.End, int.MaxValue, CancellationToken.None))!;
    histories.Add(new LabelledHistory(series));
}

var comparison = new Comparison(histories, periods);
Console.WriteLine($"trained to {periods.Training:yyyy-MM-dd}, calibrated to {periods.Validation:yyyy-MM-dd}, scored to {periods.End:yyyy-MM-dd}, {histories.Count} symbols");
Console.WriteLine("| recipe | 7 days: accuracy | Brier | skill | least symbol | ECE | 14 days: skill | 30 days: skill | scale 7/14/30 | s |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
comparison.LastDirection();
comparison.Regression();
foreach (var recipe in Comparison.All.Where(recipe => args.Length == 2 || args[2..].Any(name => recipe.Name.Contains(name, StringComparison.Ordinal))))
    comparison.Run(recipe);
