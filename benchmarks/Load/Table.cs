using System.Globalization;
using System.Runtime.InteropServices;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Load;

/// <summary>A row of the table in Markdown: of each value the median of the runs and, in parentheses, the least and the greatest.</summary>
internal static class Table
{
    /// <summary>What was measured on.</summary>
    public static string Machine()
    {
        const string key = "model name";
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
        return string.Create(CultureInfo.InvariantCulture,
            $"{processor ?? "unknown processor"}, {Environment.ProcessorCount} cores, kernel {CryptoLstm.FastestKernel}, "
                + $"{RuntimeInformation.FrameworkDescription}, {DateTime.UtcNow:yyyy-MM-dd}");
    }

    public static string Row(int workers, IReadOnlyList<Run> runs)
    {
        string[] cells =
        [
            workers.ToString(CultureInfo.InvariantCulture),
            Cell(runs, run => run.PerSecond, "F0"),
            Cell(runs, run => run.Median, "F1"),
            Cell(runs, run => run.Tail, "F1"),
            Cell(runs, run => run.Workers, "F2"),
            Cell(runs, run => run.Gateway, "F2"),
            Cell(runs, run => run.Broker, "F2"),
            Cell(runs, run => run.Database, "F2"),
            Cell(runs, run => run.Redis, "F2"),
            Cell(runs, run => run.Spread, "F2"),
            Cell(runs, run => run.Inferences, "F3"),
            Cell(runs, run => run.Hits, "F3"),
            Cell(runs, run => 100 * run.Others, "F0"),
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    private static string Cell(IReadOnlyList<Run> runs, Func<Run, double> value, string format)
    {
        double[] values = [.. runs.Select(value).Order()];
        if (values.Any(double.IsNaN))
        {
            return "";
        }

        var (median, least, greatest) = (Text(values[values.Length / 2]), Text(values[0]), Text(values[^1]));
        return least == greatest ? median : $"{median} ({least} to {greatest})";

        string Text(double number) => number.ToString(format, CultureInfo.InvariantCulture);
    }
}
