using Coinsphere.Messaging.Hosting.Configuration;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>Settings that are given as arguments, such as <c>--Prices:Folder=prices</c> or <c>--Prices:Folder prices</c>.</summary>
/// <param name="Settings">Them, each as <c>--key=value</c>.</param>
/// <param name="Others">All other arguments.</param>
internal sealed record SettingArguments(IReadOnlyList<string> Settings, IReadOnlyList<string> Others)
{
    // What the host itself reads beside the sections of this project.
    private static readonly string[] HostKeys =
        ["urls", "http_ports", "https_ports", "environment", "contentRoot", "webroot", "applicationName", "shutdownTimeoutSeconds"];
    private static readonly string[] HostSections = ["Logging", "Kestrel", "AllowedHosts", "hostBuilder", .. HostKeys];

    /// <summary>Separates the settings from the other arguments.</summary>
    public static SettingArguments Of(IReadOnlyList<string> arguments)
    {
        var (settings, others) = (new List<string>(), new List<string>());
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--")
            {
                others.AddRange(arguments.Skip(i));
                break;
            }

            if (!IsSetting(arguments[i]) && !IsParent(arguments[i], arguments))
            {
                others.Add(arguments[i]);
            }
            else if (arguments[i].Contains('=', StringComparison.Ordinal))
            {
                settings.Add(arguments[i]);
            }
            else
            {
                // An empty value clears a setting.
                var hasValue = i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
                settings.Add($"{arguments[i]}={(hasValue ? arguments[++i] : "")}");
            }
        }

        return new(settings, others);
    }

    /// <summary>What is wrong with their names; empty where all are known.</summary>
    /// <param name="sections">The sections that the host reads.</param>
    public IEnumerable<string> Faults(IReadOnlyList<SettingSection> sections)
    {
        var known = sections.SelectMany(section => section.Keys.Select(key => $"{section.Name}:{key}")).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        foreach (var key in Settings.Select(setting => setting.Split('=', 2)[0].TrimStart('-')))
        {
            // A part of a key names its section, a longer one an entry: Feed:Pairs:MATIC.
            if (!known.Any(one => $"{one}:".StartsWith($"{key}:", StringComparison.OrdinalIgnoreCase)
                    || key.StartsWith($"{one}:", StringComparison.OrdinalIgnoreCase))
                && !HostSections.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase))
            {
                yield return $"--{key} is not a setting: " + (NearestWord.Of(key, known) is { } nearest
                    ? $"did you mean --{nearest}?"
                    : $"'{Usage.Program} config' lists them");
            }
        }
    }

    // Tools that start a host write a section beside its keys, without a value: --Prices= --Prices:Folder=prices.
    private static bool IsParent(string argument, IReadOnlyList<string> arguments) => argument.StartsWith("--", StringComparison.Ordinal)
        && argument.EndsWith('=') && arguments.Any(other => other.StartsWith(argument[..^1] + ":", StringComparison.OrdinalIgnoreCase));

    private static bool IsSetting(string argument)
    {
        var key = argument.Split('=', 2)[0];
        return key.StartsWith("--", StringComparison.Ordinal)
            && (key.Contains(':', StringComparison.Ordinal) || HostKeys.Contains(key[2..], StringComparer.OrdinalIgnoreCase));
    }
}
