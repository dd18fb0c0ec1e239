using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Coinsphere.Messaging.MarketStandIn;

/// <summary>
/// A server on loopback that speaks the documented formats of Binance, Kraken and CoinGecko over invented prices up to the current day, with their
/// errors and rate limits. Requests fail on demand.
/// </summary>
internal sealed class StandInMarket : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<(MarketFault Fault, int RetryAfter)> _faults = new();
    private readonly ConcurrentQueue<string> _requests = new();

    private StandInMarket(WebApplication app, TimeProvider time)
    {
        (_app, _time) = (app, time);
        Series = new MarketSeries(time);
    }

    /// <summary>Its base address.</summary>
    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public MarketSeries Series { get; }

    /// <summary>While true, every request gets 503.</summary>
    public volatile bool IsDown;

    /// <summary>Weight a minute that Binance allows an address.</summary>
    public int BinanceWeight { get; set; } = 6000;

    /// <summary>Called with each request before it is answered.</summary>
    public Func<string, Task> Asked { get; set; } = _ => Task.CompletedTask;

    /// <summary>Path and query of every request so far, and who sent it.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Starts it on a port of loopback; 0 takes a free one.</summary>
    public static async Task<StandInMarket> StartAsync(TimeProvider time, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
        var app = builder.Build();
        var market = new StandInMarket(app, time);
        app.Use(market.AnswerAsync);
        app.UseRouting();
        app.MapPost("/stand-in/fail", (MarketFault fault, int? times, int? retryAfter) => market.Fail(fault, times ?? 1, retryAfter ?? 0));
        new BinanceEndpoints(market, time).Map(app);
        new KrakenEndpoints(market, time).Map(app);
        new CoinGeckoEndpoints(market, time).Map(app);
        await app.StartAsync();
        return market;
    }

    /// <summary>Lets the next requests fail.</summary>
    public void Fail(MarketFault fault, int times = 1, int retryAfter = 0)
    {
        for (var i = 0; i < times; i++)
        {
            _faults.Enqueue((fault, retryAfter));
        }
    }

    public Task UntilStoppedAsync() => _app.WaitForShutdownAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Path.StartsWithSegments("/stand-in"))
        {
            await next(context);
            return;
        }

        var asked = $"{request.Path}{request.QueryString}";
        _requests.Enqueue($"{asked} {request.Headers.UserAgent}");
        await Asked(asked);
        response.Headers.Date = _time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        if (IsDown)
        {
            response.StatusCode = 503;
        }
        else if (_faults.TryDequeue(out var failing))
        {
            await FailAsync(context, failing.Fault, failing.RetryAfter);
        }
        else
        {
            await next(context);
        }
    }

    private static async Task FailAsync(HttpContext context, MarketFault fault, int retryAfter)
    {
        var response = context.Response;
        switch (fault)
        {
            case MarketFault.TooManyRequests or MarketFault.Banned:
                response.StatusCode = fault == MarketFault.Banned ? 418 : 429;
                response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
                await response.WriteAsync("""{"code":-1003,"msg":"Too much request weight used; please use WebSocket Streams for live updates."}""");
                break;
            case MarketFault.ServerError or MarketFault.Refused:
                response.StatusCode = fault == MarketFault.Refused ? 451 : 503;
                break;
            case MarketFault.Html:
                response.ContentType = "text/html";
                await response.WriteAsync("<html><body>Log in to use this network</body></html>");
                break;
            case MarketFault.CutOff:
                response.ContentLength = 10_000;
                await response.WriteAsync("[[1700000000000,\"1\"");
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case MarketFault.HalfJson:
                response.ContentType = "application/json";
                await response.WriteAsync("[[1700000000000,\"1\"");
                break;
            case MarketFault.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
            case MarketFault.Endless:
                await WriteWithoutEndAsync(context);
                break;
            default:
                response.ContentType = "application/json";
                var error = fault == MarketFault.KrakenTooMany ? "EGeneral:Too many requests" : "EService:Unavailable";
                await response.WriteAsync($$"""{"error":["{{error}}"]}""");
                break;
        }
    }

    private static async Task WriteWithoutEndAsync(HttpContext context)
    {
        var blanks = new byte[64 * 1024];
        Array.Fill(blanks, (byte)' ');
        try
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(blanks, context.RequestAborted);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client has had enough.
        }
    }
}
