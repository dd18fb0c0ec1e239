using System.Text.RegularExpressions;
using MassTransit;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// The endpoints that every process has for itself, so that each hears what is broadcast. Their queues go with their processes. The rights of the broker's
/// users name them too (<c>rabbitmq/definitions.json</c>).
/// </summary>
public static partial class ProcessEndpoints
{
    /// <summary>Tells a worker that a model has changed.</summary>
    public const string ModelUpdated = "ModelUpdated";

    /// <summary>Tells a worker to forget a symbol's model and answers.</summary>
    public const string CacheClear = "CacheClear";

    /// <summary>Tells a gateway which models a worker has loaded.</summary>
    public const string ModelsReported = "ModelsReported";

    private const char Separator = '-';

    private static readonly string[] All = [ModelUpdated, CacheClear, ModelsReported];

    /// <summary>Makes an endpoint this process's own, with one of the names above.</summary>
    public static void ForThisProcess(this IEndpointRegistrationConfigurator endpoint, string name)
    {
        if (!All.Contains(name))
        {
            throw new ArgumentException($"'{name}' is no endpoint of a process: expected one of {string.Join(", ", All)}", nameof(name));
        }

        endpoint.Name = name + Separator + NewId.NextGuid().ToString("N");
        endpoint.Temporary = true;
    }

    /// <summary>Whether a queue is, or by its name belongs to, an endpoint of some process.</summary>
    public static bool Owns(string queue) => All.Any(name => queue.StartsWith(name + Separator, StringComparison.Ordinal));

    /// <summary>The name of the endpoint that a queue is of; null where it is of none.</summary>
    internal static string? NameOf(string queue) => Form().Match(queue) is { Success: true } form && Owns(queue) ? form.Groups["name"].Value : null;

    [GeneratedRegex("^(?<name>[A-Za-z]+)-[0-9a-f]{32}$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
