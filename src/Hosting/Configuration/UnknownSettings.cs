using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>Warns at start of what was set for this service and is read by nobody: a mistyped key, and what a cluster puts in the place of a setting.</summary>
internal sealed partial class UnknownSettings(
    IConfiguration configuration, IEnumerable<SettingSection> sections, ClusterVariables cluster, ILogger<UnknownSettings> logger)
{
    // Further off it is another word, not a slip.
    private const int MostSlips = 2;

    /// <summary>Before the settings are checked: a mistyped one may be why another is missing.</summary>
    public void Warn()
    {
        foreach (var (name, value) in cluster.LeftAside)
        {
            LogServiceLink(name, value);
        }

        foreach (var (key, nearest) in Find(configuration, sections))
        {
            var name = SettingNames.Of(key);
            if (nearest is null)
            {
                LogUnknown(name);
            }
            else
            {
                LogMistyped(name, name.Contains("__", StringComparison.Ordinal) ? nearest.Replace(":", "__", StringComparison.Ordinal) : nearest);
            }
        }
    }

    /// <summary>The keys that nobody reads, each with the one that was probably meant.</summary>
    internal static IEnumerable<(string Key, string? Nearest)> Find(IConfiguration configuration, IEnumerable<SettingSection> sections)
    {
        var known = sections.GroupBy(section => section.Name, section => section.Keys, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(section => section.Key, section => section.SelectMany(keys => keys).ToArray(), StringComparer.OrdinalIgnoreCase);
        foreach (var section in configuration.GetChildren())
        {
            var isKnown = known.TryGetValue(section.Key, out var keys);
            var near = isKnown ? section.Key : Nearest(section.Key, known.Keys);
            // Other sections belong to others.
            if (near is null)
            {
                continue;
            }

            foreach (var child in section.GetChildren().Where(child => !isKnown || !keys!.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
            {
                var meant = Nearest(child.Key, known[near]);
                // A section of another name is a slip only where its key makes it one.
                if (isKnown || meant is not null)
                {
                    yield return (child.Path, meant is null ? null : $"{near}:{meant}");
                }
            }
        }
    }

    private static string? Nearest(string word, IEnumerable<string> words) => words
        .Select(other => (Word: other, Slips: Slips(word.ToUpperInvariant(), other.ToUpperInvariant())))
        .Where(other => other.Slips <= MostSlips && other.Slips < other.Word.Length / 2)
        .OrderBy(other => other.Slips)
        .Select(other => other.Word)
        .FirstOrDefault();

    // Letters to add, to leave out or to replace (Levenshtein).
    private static int Slips(string word, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= word.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (word[i - 1] == other[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} is no setting and changes nothing: {Nearest}?")]
    private partial void LogMistyped(string name, string nearest);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} is no setting and changes nothing")]
    private partial void LogUnknown(string name);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Name} is '{Value}', which Kubernetes sets for a service of that name, and is left aside: set enableServiceLinks: false in the pod")]
    private partial void LogServiceLink(string name, string value);
}
