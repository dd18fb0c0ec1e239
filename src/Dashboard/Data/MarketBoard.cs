using System.Collections.Concurrent;
using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Dashboard.Data;

/// <summary>
/// The board that all pages of the process show. It listens to the service's streams and asks for the rest every few seconds, only while a page is open:
/// one listener and one question, however many look.
/// </summary>
internal sealed partial class MarketBoard : IDisposable
{
    /// <summary>The days of a sparkline.</summary>
    public const int Days = 60;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IntervalInOutage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ModelsTake = TimeSpan.FromSeconds(10);

    // A page that is loaded again, or the next one, finds the board as it is.
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);

    /// <summary>A page is not held up longer by what it shows. What comes later is put into it.</summary>
    public static readonly TimeSpan FirstLimit = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan StreamPause = TimeSpan.FromMinutes(1);

    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly ILogger<MarketBoard> _logger;
    private readonly CancellationTokenSource _stopped;
    private readonly Lock _lock = new();
    private readonly Viewers _viewers = new();
    private readonly ConcurrentDictionary<string, (DateOnly Newest, IReadOnlyList<double> Closes)> _closes = new(StringComparer.Ordinal);
    private Board _board = Board.Empty;
    private TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isRunning;
    private long _lastSeen;

    public MarketBoard(IServiceProvider services, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<MarketBoard> logger)
    {
        (_services, _time, _logger) = (services, time, logger);
        _stopped = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
    }

    public Board Current => Volatile.Read(ref _board);

    /// <summary>The board, once the service was asked in this run.</summary>
    public async Task<Board> GetAsync(CancellationToken cancellationToken)
    {
        var first = Start();
        try
        {
            await first.WaitAsync(FirstLimit, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The page says so itself.
        }

        return Current;
    }

    /// <summary>Calls back after each change, until it is disposed.</summary>
    public IDisposable Watch(Action changed)
    {
        var viewer = _viewers.Add(changed);
        Start();
        return viewer;
    }

    public void Dispose()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private IPredictionClient Client => _services.GetRequiredService<IPredictionClient>();

    private Task Start()
    {
        lock (_lock)
        {
            _lastSeen = _time.GetTimestamp();
            if (!_isRunning && !_stopped.IsCancellationRequested)
            {
                _isRunning = true;
                if (_first.Task.IsCompleted)
                {
                    _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                _ = Task.Run(RunAsync);
            }

            return _first.Task;
        }
    }

    private bool IsLeft()
    {
        lock (_lock)
        {
            if (_viewers.Any)
            {
                _lastSeen = _time.GetTimestamp();
            }

            return !(_isRunning = _time.GetElapsedTime(_lastSeen) < Linger);
        }
    }

    private async Task RunAsync()
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
        var listening = Task.WhenAll(
            ListenAsync(client => client.WatchPredictionsAsync(null, null, left.Token), Put, left.Token),
            ListenAsync(client => client.WatchRiskScoresAsync(null, null, left.Token), Put, left.Token));
        try
        {
            do
            {
                await RefreshAsync(left.Token);
                _first.TrySetResult();
                await Task.Delay(Current.Outage is null ? Interval : IntervalInOutage, _time, left.Token);
            }
            while (!IsLeft());
        }
        catch (OperationCanceledException)
        {
            // The process stops.
            _first.TrySetResult();
        }

        await left.CancelAsync();
        await listening;
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            Set(await ReadAsync(cancellationToken));
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            var detail = failure is PredictionServiceException or RefusedException ? failure.Message : "the page failed; its log has the cause";
            if (Current.Outage is null)
            {
                LogOutage(failure, failure.Message);
            }

            Set(Current with { Outage = new(Current.Outage?.Since ?? _time.GetUtcNow(), detail) });
        }
    }

    private async Task<Board> ReadAsync(CancellationToken cancellationToken)
    {
        var client = Client;
        var readiness = await client.GetReadinessAsync(cancellationToken);
        var system = await SystemAsync(cancellationToken);
        // In an outage, what works is worth most.
        Volatile.Write(ref _board, Current with { System = system });
        if (!readiness.IsReady)
        {
            throw new RefusedException(string.Join("; ", readiness.Reasons));
        }

        var models = await ModelsAsync(client, cancellationToken);
        var symbols = models.Select(model => model.Symbol).ToArray();
        var rows = new List<MarketRow>();
        foreach (var part in symbols.Chunk(RequestRules.MaxBatch))
        {
            var predictions = Answer(await client.GetBatchPredictionsAsync(part, cancellationToken: cancellationToken)).Results;
            var risks = Answer(await client.GetBatchRiskScoresAsync(part, cancellationToken: cancellationToken)).Results;
            rows.AddRange(predictions.Zip(risks, (prediction, risk) =>
                new MarketRow(prediction.Symbol, prediction.Answer, risk.Answer, [], prediction.Refusal ?? risk.Refusal)));
        }

        for (var i = 0; i < rows.Count; i++)
        {
            rows[i] = rows[i] with { Closes = await ClosesAsync(client, rows[i], cancellationToken) };
        }

        return new(rows, models, readiness, _time.GetUtcNow(), Outage: null) { System = system };
    }

    // A worker answers from memory. Where none does, the page says so sooner than a computation may take.
    private async Task<IReadOnlyList<ModelInfo>> ModelsAsync(IPredictionClient client, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(ModelsTake, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return Answer(await client.GetModelsAsync(ended.Token)).Models;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RefusedException($"no worker has answered within {ModelsTake.TotalSeconds:0} s");
        }
    }

    // A service of an older release does not tell.
    private async Task<SystemReport?> SystemAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _services.GetRequiredService<ISystemClient>().GetSystemAsync(cancellationToken)).Answer;
        }
        catch (PredictionServiceException failure) when (failure.StatusCode is not null)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<double>> ClosesAsync(IPredictionClient client, MarketRow row, CancellationToken cancellationToken)
    {
        if (row.NewestBar is not { } newest)
        {
            return [];
        }

        if (_closes.TryGetValue(row.Symbol, out var known) && known.Newest == newest)
        {
            return known.Closes;
        }

        // A service of an older release has no daily bars.
        if ((await client.GetPriceBarsAsync(row.Symbol, Days, cancellationToken)).Answer is not { } answer)
        {
            return [];
        }

        var closes = answer.Bars.Select(bar => bar.Close).ToArray();
        _closes[row.Symbol] = (newest, closes);
        return closes;
    }

    // A service without streams is asked every few seconds all the same.
    private async Task ListenAsync<T>(
        Func<IPredictionClient, IAsyncEnumerable<Watched<T>>> watch, Action<T> put, CancellationToken cancellationToken) where T : class
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var item in watch(Client))
                {
                    if (item.Answer is { } answer)
                    {
                        put(answer);
                    }
                }
            }
            catch (Exception failure) when (failure is WatchRefusedException or PredictionServiceException)
            {
                LogNoStream(failure.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(StreamPause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Put(PredictionAnswer answer) => Put(answer.Symbol, row => answer.Timeframe == Timeframes.Default ? row with { Prediction = answer } : row);

    private void Put(RiskAnswer answer) => Put(answer.Symbol, row => row with { Risk = answer });

    private void Put(string symbol, Func<MarketRow, MarketRow> change)
    {
        lock (_lock)
        {
            var rows = _board.Rows.Select(row => row.Symbol == symbol ? change(row) : row).ToArray();
            _board = _board with { Rows = rows };
        }

        _viewers.Tell();
    }

    private void Set(Board board)
    {
        lock (_lock)
        {
            _board = board;
        }

        _viewers.Tell();
    }

    private static T Answer<T>(Result<T> result) where T : class => result.IsRefused ? throw new RefusedException(result.Refusal.Detail) : result.Answer;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The service does not answer: {Detail}")]
    private partial void LogOutage(Exception exception, string detail);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The service has no stream: {Detail}")]
    private partial void LogNoStream(string detail);

    /// <summary>The service answers, and refuses what every page needs.</summary>
    private sealed class RefusedException(string detail) : Exception(detail);
}
