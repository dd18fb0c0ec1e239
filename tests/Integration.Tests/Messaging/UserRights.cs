using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>What the broker lets a user do, found by trying everything on everything that the definitions declare.</summary>
internal sealed record UserRights(
    string User, string[] Declares, string[] Deletes, string[] BindsTo, string[] BindsFrom, string[] Publishes, string[] Gets, string[] Purges)
{
    private const string Hex = "00000000000000000000000000000000";
    private const string Contracts = "Coinsphere.Messaging.Contracts:";
    private const string Nobody = "nobody.has.declared.this";

    private static readonly string[] Users =
        [Broker.Publisher, Broker.Prices, Broker.Operator, Broker.Gateway, Broker.Worker, Broker.Dashboard, Broker.Monitoring];

    // Queues of users and of processes, which need not exist: rights are names.
    private static readonly string[] Own =
        [
            "client.publisher.x", "client.dashboard.x", "client.other.x", $"ModelsReported-{Hex}", $"CacheClear-{Hex}", $"ModelUpdated-{Hex}",
            "host_Worker_bus_abcdefghijklmnopqrstuvwxyz",
        ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static string[] Shared { get; } = [.. Of("exchanges").Concat(Of("queues")).Distinct()];

    public static async Task<UserRights[]> TryAllAsync(Broker broker)
    {
        var rights = new List<UserRights>();
        foreach (var user in Users)
        {
            await using var tries = new Tries(new ConnectionFactory { Uri = new Uri(broker.Url(user)), AutomaticRecoveryEnabled = false });
            rights.Add(await TryAsync(user, tries));
        }

        return [.. rights];
    }

    /// <summary>The table of the documentation.</summary>
    public static string Markdown(IEnumerable<UserRights> rights) =>
        "| user | declare and delete | publish to | get and purge | bind | to |\n|---|---|---|---|---|---|\n" + string.Concat(rights.Select(user =>
            $"| `{user.User}` | {Shown(user.Declares)} | {Shown(user.Publishes)} | {Shown(user.Gets)} | {Shown(user.BindsFrom)} | {Shown(user.BindsTo)} |\n"));

    private static async Task<UserRights> TryAsync(string user, Tries tries)
    {
        string[] all = [.. Shared.Concat(Own)];
        string[] exchanges = [.. Of("exchanges").Concat(Own).Append("amq.fanout").Append("amq.topic").Append("")];
        string[] queues = [.. Of("queues").Concat(Own)];
        var declares = await tries.AllowedAsync(
            all, (channel, name) => channel.QueueDeclareAsync(name, durable: false, exclusive: true, autoDelete: true, cancellationToken: Cancel));
        var deletes = await tries.AllowedAsync(
            all, (channel, name) => channel.QueueDeleteAsync(name, ifUnused: true, ifEmpty: true, cancellationToken: Cancel));
        var publishes = await tries.AllowedAsync(
            exchanges, (channel, name) => channel.BasicPublishAsync(name, Nobody, mandatory: false, ReadOnlyMemory<byte>.Empty, Cancel).AsTask());
        var gets = await tries.AllowedAsync(queues, (channel, name) => channel.BasicGetAsync(name, autoAck: false, Cancel));
        var purges = await tries.AllowedAsync(queues, (channel, name) => channel.QueuePurgeAsync(name, Cancel));
        // A binding needs a right at both ends.
        var own = declares.FirstOrDefault() ?? publishes.FirstOrDefault(name => name.Length > 0) ?? Nobody;
        var from = await tries.AllowedAsync(
            exchanges, (channel, name) => channel.QueueBindAsync(own, name, Nobody, cancellationToken: Cancel));
        var to = from.Length == 0 ? [] : await tries.AllowedAsync(
            all, (channel, name) => channel.QueueBindAsync(name, from[0], Nobody, cancellationToken: Cancel));
        return new(user, declares, deletes, to, from, publishes, gets, purges);
    }

    private static string Shown(string[] names)
    {
        var shown = new List<string>();
        var left = names.ToList();
        foreach (var suffix in (string[])["", "_error", "_skipped", "_dead"])
        {
            string[] kind = [.. Shared.Where(name => Endpoints.All.Any(endpoint => endpoint + suffix == name))];
            if (kind.All(left.Contains))
            {
                left.RemoveAll(kind.Contains);
                shown.Add(suffix.Length == 0 ? "every endpoint" : $"every `{suffix}`");
            }
        }

        shown.AddRange(left.Select(name => $"`{Short(name)}`").Order(StringComparer.Ordinal));
        return shown.Count == 0 ? "-" : string.Join(", ", shown);
    }

    private static string Short(string name) => name.Length == 0 ? "(default exchange)" : name
        .Replace(Contracts, "", StringComparison.Ordinal).Replace(Hex, "HEX", StringComparison.Ordinal).Replace(".x", ".*", StringComparison.Ordinal)
        .Replace("host_Worker_bus_abcdefghijklmnopqrstuvwxyz", "NAME_bus_ID", StringComparison.Ordinal);

    private static IEnumerable<string> Of(string part) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "rabbitmq", "definitions.json"))).RootElement.GetProperty(part).EnumerateArray()
            .Select(item => item.GetProperty("name").GetString()!);

    private sealed class Tries(ConnectionFactory broker) : IAsyncDisposable
    {
        private IConnection? _connection;
        private IChannel? _channel;

        public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? default;

        // The broker checks rights before anything else, so any other answer than this refusal is the answer to one who may.
        public async Task<string[]> AllowedAsync(IEnumerable<string> names, Func<IChannel, string, Task> act)
        {
            var allowed = new List<string>();
            foreach (var name in names)
            {
                if (_channel is not { IsOpen: true })
                {
                    // To get a message of a stream in this way ends the connection.
                    _connection = _connection is { IsOpen: true } ? _connection : await broker.CreateConnectionAsync(Cancel);
                    _channel = await _connection.CreateChannelAsync(
                        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Cancel);
                }

                try
                {
                    await act(_channel, name);
                    allowed.Add(name);
                }
                catch (OperationInterruptedException refused)
                {
                    if (refused.ShutdownReason!.ReplyCode != 403)
                    {
                        allowed.Add(name);
                    }
                }
            }

            return [.. allowed];
        }
    }
}
