namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>
/// Reads an answer's body to its end, so that a body that hangs, is cut off or has no end fails the same try that asked for it. Derived handlers see
/// what a source says in ways of its own.
/// </summary>
internal class FeedReplyHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(FeedReply.MaxBytes, cancellationToken);
            await ReadAsync(response, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Called with each answer, its body in memory.</summary>
    protected virtual Task ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) => Task.CompletedTask;
}
