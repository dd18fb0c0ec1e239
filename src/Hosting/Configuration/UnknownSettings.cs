using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>Warns at start of settings that nothing reads: a mistyped key, or a variable that a cluster set instead of a setting.</summary>
internal sealed partial class UnknownSettings(
    IConfiguration configuration, IEnumerable<SettingSection> sections, ClusterVariables cluster, ILogger<UnknownSettings> logger)
{
    /// <summary>Logs the warnings. Called before the settings are validated: a mistyped key may be why another one is missing.</summary>
    public void Warn()
    {
        foreach (var (name, value) in cluster.Ignored)
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

    /// <summary>The unknown keys, each with the known key that was probably meant.</summary>
    internal static IEnumerable<(string Key, string? Nearest)> Find(IConfiguration configuration, IEnumerable<SettingSection> sections)
    {
        var known = sections.GroupBy(section => section.Name, section => section.Keys, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(section => section.Key, section => section.SelectMany(keys => keys).ToArray(), StringComparer.OrdinalIgnoreCase);
        foreach (var section in configuration.GetChildren())
        {
            var isKnown = known.TryGetValue(section.Key, out var keys);
            var near = isKnown ? section.Key : NearestWord.Of(section.Key, known.Keys);
            // Other sections belong to other programs.
            if (near is null)
            {
                continue;
            }

            foreach (var child in section.GetChildren().Where(child => !isKnown || !keys!.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
            {
                var meant = NearestWord.Of(child.Key, known[near]);
                // A section with another name is mistyped only where its key is a known one.
                if (isKnown || meant is not null)
                {
                    yield return (child.Path, meant is null ? null : $"{near}:{meant}");
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} is not a known setting and is ignored; did you mean {Nearest}?")]
    private partial void LogMistyped(string name, string nearest);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} is not a known setting and is ignored")]
    private partial void LogUnknown(string name);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Name} is '{Value}', which Kubernetes sets for a service of that name, and is ignored: set enableServiceLinks: false in the pod")]
    private partial void LogServiceLink(string name, string value);
}
