using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client.Bus;

/// <summary>
/// Asks one question for each distinct symbol of a batch, so that the batch spreads over all workers, and collects one result per item, in input order. A
/// refused item does not affect the others.
/// </summary>
/// <remarks>
/// A question without a result after a third of the time is asked once more: its worker may hang, or the broker may have lost it. The first result counts.
/// </remarks>
internal static class BatchFanOut
{
    /// <param name="symbols">The symbols as the caller wrote them; null is none.</param>
    /// <param name="budget">How long the caller waits.</param>
    /// <param name="ask">Asks for a symbol, in upper case; true where it is asked once more.</param>
    /// <returns>The results by symbol, or the refusal of a batch that is too small or too large.</returns>
    public static async Task<Result<(string Symbol, Result<T> Result)[]>> AskAsync<T>(
        IReadOnlyList<string?>? symbols, TimeSpan budget, Func<string, bool, Task<Result<T>>> ask) where T : class
    {
        if (RequestRules.Batch(symbols?.Count ?? 0) is { } wrongSize)
        {
            return wrongSize;
        }

        string[] labels = [.. symbols!.Select(RequestRules.Label)];
        var asked = labels.Distinct(StringComparer.Ordinal).ToDictionary(label => label, label => AskAsync(label, budget, ask), StringComparer.Ordinal);
        await Task.WhenAll(asked.Values);

        return labels.Select(label => (label, asked[label].Result)).ToArray();
    }

    private static async Task<Result<T>> AskAsync<T>(string label, TimeSpan budget, Func<string, bool, Task<Result<T>>> ask) where T : class
    {
        var first = ask(label, false);
        await ((Task)first).WaitAsync(budget / 3).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return first.IsCompleted ? await first : await await Task.WhenAny(first, ask(label, true));
    }
}
