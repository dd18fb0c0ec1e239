using System.Text.RegularExpressions;
using MassTransit;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// The endpoints that every process has for itself, so that each gets every broadcast. A queue is deleted with its process. The permissions of the broker's
/// users contain the names too (<c>rabbitmq/definitions.json</c>).
/// </summary>
public static partial class ProcessEndpoints
{
    /// <summary>Tells a worker that a model has changed.</summary>
    public const string ModelUpdated = "ModelUpdated";

    /// <summary>Tells a worker to forget a symbol's model and answers.</summary>
    public const string CacheClear = "CacheClear";

    /// <summary>Tells a gateway which models a worker has loaded.</summary>
    public const string ModelsReported = "ModelsReported";

    /// <summary>Tells a gateway what a worker in the same process has computed. Between processes, gateways read <see cref="EventLog"/>.</summary>
    public const string Events = "Events";

    private const char Separator = '-';

    private static readonly string[] All = [ModelUpdated, CacheClear, ModelsReported, Events];

    /// <summary>Makes an endpoint this process's own, with one of the names above.</summary>
    public static void ForThisProcess(this IEndpointRegistrationConfigurator endpoint, string name)
    {
        if (!All.Contains(name))
        {
            throw new ArgumentException($"'{name}' is not an endpoint of a process: expected one of {string.Join(", ", All)}", nameof(name));
        }

        endpoint.Name = name + Separator + NewId.NextGuid().ToString("N");
        endpoint.Temporary = true;
    }

    /// <summary>Whether a queue belongs, by its name, to an endpoint of a process.</summary>
    public static bool Owns(string queue) => All.Any(name => queue.StartsWith(name + Separator, StringComparison.Ordinal));

    /// <summary>The name of the endpoint that a queue belongs to; null where it belongs to none.</summary>
    internal static string? NameOf(string queue) => Form().Match(queue) is { Success: true } form && Owns(queue) ? form.Groups["name"].Value : null;

    [GeneratedRegex("^(?<name>[A-Za-z]+)-[0-9a-f]{32}$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
