using System.CommandLine;
using System.Text;
using Coinsphere.Messaging.Client;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>The service that a command asks: a running one, or one that this process starts and stops.</summary>
internal sealed class AskedService : IAsyncDisposable
{
    private readonly WebApplication? _own;
    private readonly ServiceProvider _services;
    private readonly LastBody _body;

    private AskedService(WebApplication? own, Uri? url)
    {
        _own = own;
        _body = new LastBody();
        var services = new ServiceCollection();
        services.AddPredictionClient(options => options.Url = url ?? options.Url).AddHttpMessageHandler(() => _body)
            // The handler cannot be used again by a new one.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        _services = services.BuildServiceProvider();
    }

    public IPredictionClient Client => _services.GetRequiredService<IPredictionClient>();

    public IAlertClient Alerts => _services.GetRequiredService<IAlertClient>();

    /// <summary>The service's response since the last call, as it wrote it; null where there is none.</summary>
    public string? TakeJson()
    {
        var body = _body.Bytes;
        _body.Bytes = null;
        return body is null ? null : Encoding.UTF8.GetString(body).TrimEnd();
    }

    /// <summary>The service at the URL; without one the configured one (<c>ML_SERVICE_URL</c>); without that either, one in this process.</summary>
    public static async Task<AskedService> OpenAsync(Target target, CancellationToken cancellationToken)
    {
        if (target.Url is not null)
        {
            return new AskedService(null, target.Url);
        }

        if (target.OwnArguments.Length == 0 && !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(PredictionClientOptions.UrlKey)))
        {
            return new AskedService(null, null);
        }

        var own = Server.BuildToAsk(target.OwnArguments);
        try
        {
            await own.StartAsync(cancellationToken);
            return new AskedService(own, new Uri(own.Urls.First()));
        }
        catch
        {
            await own.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_own is not null)
        {
            await _own.StopAsync();
            await _own.DisposeAsync();
        }
    }

    /// <summary>Where to ask.</summary>
    /// <param name="Url">A running service.</param>
    /// <param name="OwnArguments">The settings of one in this process.</param>
    internal sealed record Target(Uri? Url, string[] OwnArguments);

    /// <summary>The options of the commands that ask a service.</summary>
    internal sealed class TargetOptions
    {
        private readonly IReadOnlyList<string> _settings;
        private readonly Option<string?> _url = new("--url")
        {
            Description = $"Address of a running service; without it {PredictionClientOptions.UrlKey}, or a service that runs only for this command"
        };

        private readonly Option<string?> _prices = Sources.Prices();
        private readonly Option<string?> _database = Sources.Database();
        private readonly Option<string?> _models = Sources.Models();

        /// <param name="command">The command that gets the options.</param>
        /// <param name="settings">Settings among the arguments.</param>
        public TargetOptions(Command command, IReadOnlyList<string> settings)
        {
            _settings = settings;
            command.Add(_url);
            command.Add(_prices);
            command.Add(_database);
            command.Add(_models);
            command.Validators.Add(parsed =>
            {
                if (parsed.GetValue(_url) is not { } url)
                {
                    return;
                }

                if (!(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
                {
                    parsed.AddError($"--url is '{url}': expected an http or https URL such as http://localhost:8000");
                }
                else if (settings.Count > 0 || Array.Exists([_prices, _database, _models], option => parsed.GetResult(option) is not null))
                {
                    parsed.AddError("--url names a running service, which has its own prices and models: expected --url or the others");
                }
            });
        }

        public Target Read(ParseResult parsed) => new(
            parsed.GetValue(_url) is { } url ? new Uri(url) : null,
            [.. _settings, .. Sources.Arguments(parsed.GetValue(_prices), parsed.GetValue(_database), parsed.GetValue(_models))]);
    }

    private sealed class LastBody : DelegatingHandler
    {
        public byte[]? Bytes { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            Bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response;
        }
    }
}
