using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Tests;

/// <summary>A virtual host of its own for a test class, with the users, permissions, policies and queues of <c>rabbitmq/definitions.json</c>.</summary>
public sealed class Broker : IAsyncLifetime
{
    public const string Publisher = "publisher";
    public const string Prices = "prices";
    public const string Operator = "operator";
    public const string Dashboard = "dashboard";
    public const string Worker = "worker";
    public const string Gateway = "gateway";
    public const string Monitoring = "monitoring";

    private readonly string _vhost = $"tests-{Guid.NewGuid():N}";
    private readonly List<IConnection> _connections = [];
    private IConnection? _adminConnection;
    private IChannel? _admin;

    /// <summary>Whether it gets the definitions, or only an empty virtual host.</summary>
    public bool HasDefinitions { get; init; } = true;

    /// <summary>The administrator's URL.</summary>
    public string AdminUrl => $"{TestServers.RabbitMq}/{_vhost}";

    public async ValueTask InitializeAsync()
    {
        await (HasDefinitions ? ImportAsync() : ControlAsync(null, "add_vhost", _vhost));
        await ControlAsync(null, "set_permissions", "-p", _vhost, new Uri(TestServers.RabbitMq).UserInfo.Split(':')[0], ".*", ".*", ".*");
    }

    /// <summary>Imports the definitions, which restores what they declare.</summary>
    public async Task ImportAsync()
    {
        await ImportAsync(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "rabbitmq", "definitions.json")));
    }

    /// <summary>Imports other definitions.</summary>
    public async Task ImportAsync(string definitions)
    {
        await ControlAsync(definitions.Replace("\"coinsphere\"", $"\"{_vhost}\"", StringComparison.Ordinal), "import_definitions");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await ControlAsync(null, "delete_vhost", _vhost);
    }

    /// <summary>The URL of a user with the documented development password.</summary>
    public string Url(string user) => new UriBuilder(AdminUrl) { UserName = user, Password = $"{user}-development" }.Uri.ToString();

    public Task<IChannel> ChannelAsync() => ChannelAsync(AdminUrl);

    /// <summary>A channel on a connection of its own, which ends with the broker.</summary>
    public async Task<IChannel> ChannelAsync(string url)
    {
        var connection = await ConnectAsync(url);
        return await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
    }

    private async Task<IConnection> ConnectAsync(string url)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(url) }.CreateConnectionAsync();
        lock (_connections)
        {
            _connections.Add(connection);
        }

        return connection;
    }

    /// <summary>Declares a queue and binds it, as an administrator.</summary>
    public async Task DeclareAsync(string queue, params string[] exchanges)
    {
        await using var channel = await ChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        foreach (var exchange in exchanges)
        {
            await channel.QueueBindAsync(queue, exchange, "");
        }
    }

    /// <summary>Every queue with what was asked of it.</summary>
    public async Task<IReadOnlyDictionary<string, JsonElement>> QueuesAsync(params string[] columns)
    {
        var json = await ControlAsync(null, ["list_queues", "-p", _vhost, "name", .. columns, "--formatter", "json"]);
        return JsonSerializer.Deserialize<JsonElement[]>(json)!.ToDictionary(queue => queue.GetProperty("name").GetString()!);
    }

    public async Task<IReadOnlyList<string>> ExchangesAsync()
    {
        var json = await ControlAsync(null, "list_exchanges", "-p", _vhost, "name", "--formatter", "json");
        return [.. JsonSerializer.Deserialize<JsonElement[]>(json)!.Select(exchange => exchange.GetProperty("name").GetString()!)
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Every binding.</summary>
    public async Task<IReadOnlyList<JsonElement>> BindingsAsync() => JsonSerializer.Deserialize<JsonElement[]>(
        await ControlAsync(null, "list_bindings", "-p", _vhost, "source_name", "destination_name", "--formatter", "json"))!;

    /// <summary>Waits for the next message of a queue and takes it.</summary>
    public async Task<BasicGetResult> TakeAsync(string queue)
    {
        BasicGetResult? taken = null;
        await Until.True(async () => (taken = await TryTakeAsync(queue)) is not null, $"a message in {queue}");
        return taken!;
    }

    /// <summary>The next message of a queue; null where there is none, or no such queue yet.</summary>
    public async Task<BasicGetResult?> TryTakeAsync(string queue)
    {
        // The broker closes a channel that asks for a queue which is not there.
        if (_admin is not { IsOpen: true })
        {
            _admin = await (_adminConnection is { IsOpen: true } ? _adminConnection : _adminConnection = await ConnectAsync(AdminUrl)).CreateChannelAsync();
        }

        try
        {
            return await _admin.BasicGetAsync(queue, autoAck: true);
        }
        catch (OperationInterruptedException)
        {
            return null;
        }
    }

    /// <summary>Gives a user other rights than the definitions do.</summary>
    public Task PermitAsync(string user, string configure, string write, string read) =>
        ControlAsync(null, "set_permissions", "-p", _vhost, user, configure, write, read);

    /// <summary>Closes every connection, as an administrator does; processes connect anew.</summary>
    public Task CloseConnectionsAsync() => ControlAsync(null, "close_all_connections", "--vhost", _vhost, "a test");

    /// <summary>How many messages of a queue wait for a consumer.</summary>
    public async Task<uint> CountAsync(string queue)
    {
        if (_admin is not { IsOpen: true })
        {
            _admin = await (_adminConnection is { IsOpen: true } ? _adminConnection : _adminConnection = await ConnectAsync(AdminUrl)).CreateChannelAsync();
        }

        return await _admin.MessageCountAsync(queue);
    }

    /// <summary>Bounds a queue to so many messages, and lets it reject others.</summary>
    public Task LimitAsync(string queue, int messages) => ControlAsync(
        null, "set_policy", "-p", _vhost, "--priority", "9", "limit", $"^{queue}$", $$"""{"max-length":{{messages}},"overflow":"reject-publish"}""");

    private static async Task<string> ControlAsync(string? input, params string[] arguments)
    {
        var result = await CommandLine.RunAsync(TestServers.RabbitMqCtl, arguments, input);
        return result.Code == 0
            ? result.Output
            : throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)} ended with {result.Code}: {result.Errors}{result.Output}");
    }
}
