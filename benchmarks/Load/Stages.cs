using System.Globalization;

namespace Coinsphere.Messaging.Load;

/// <summary>Where the time of a request goes: how often its stages come, and how long each takes.</summary>
internal static class Stages
{
    private static readonly Dictionary<string, string> Meaning = new()
    {
        ["request"] = "the whole at the gateway, with the way there and back",
        ["queue"] = "from the gateway's sending to the worker's consumer",
        ["answer"] = "the whole in the worker, to the reply's confirm",
        ["cache"] = "reads of the result cache",
        ["prices"] = "bars, from memory or PostgreSQL",
        ["features"] = "20 features of 420 bars",
        ["inference"] = "the forward pass",
        ["accuracy"] = "`historical_accuracy`: past forecasts made again",
    };

    public static IEnumerable<string> Names => Meaning.Keys;

    /// <summary>The rows of a table in Markdown, of all processes together.</summary>
    public static IEnumerable<string> Rows(IEnumerable<(Counts Before, Counts After)> processes, int requests)
    {
        var all = processes.ToArray();
        foreach (var (name, meaning) in Meaning)
        {
            var count = all.Sum(process => process.After.Stages[name].Count - process.Before.Stages[name].Count);
            var seconds = all.Sum(process => process.After.Stages[name].Seconds - process.Before.Stages[name].Seconds);
            if (count > 0)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {meaning} | {(double)count / requests:F2} | {1000 * seconds / count:F3} |");
            }
        }
    }
}
