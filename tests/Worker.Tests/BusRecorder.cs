using System.Collections.Concurrent;
using System.Threading.Channels;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Tests;

/// <summary>Writes down what goes over the bus.</summary>
internal sealed class BusRecorder : IPublishObserver, ISendObserver, IConsumeObserver
{
    private readonly ConcurrentQueue<object> _published = new();
    private readonly ConcurrentQueue<object> _sent = new();
    private readonly ConcurrentQueue<object> _consumed = new();
    private readonly Channel<bool> _moved = Channel.CreateUnbounded<bool>();

    public IReadOnlyList<T> Published<T>() => _published.OfType<T>().ToArray();

    public IReadOnlyList<T> Sent<T>() => _sent.OfType<T>().ToArray();

    /// <summary>Waits for what consumers leave to be told after them.</summary>
    public Func<Task> Told { private get; set; } = () => Task.CompletedTask;

    /// <summary>Waits until so many messages of a type went through their consumer whole, with all it published.</summary>
    public async Task ConsumedAsync<T>(int count = 1)
    {
        await UntilAsync(() => _consumed.OfType<T>().Count() >= count);
        await Told();
    }

    public Task PublishedAsync<T>(Func<T, bool> condition) => UntilAsync(() => Published<T>().Any(condition));

    public Task PreConsume<T>(ConsumeContext<T> context) where T : class => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context) where T : class => Note(_consumed, context.Message);

    public Task ConsumeFault<T>(ConsumeContext<T> context, Exception exception) where T : class => Note(_consumed, context.Message);

    public Task PreSend<T>(SendContext<T> context) where T : class => Task.CompletedTask;

    public Task PostSend<T>(SendContext<T> context) where T : class => Note(_sent, context.Message);

    public Task SendFault<T>(SendContext<T> context, Exception exception) where T : class => Task.CompletedTask;

    public Task PrePublish<T>(PublishContext<T> context) where T : class => Task.CompletedTask;

    public Task PostPublish<T>(PublishContext<T> context) where T : class => Note(_published, context.Message);

    public Task PublishFault<T>(PublishContext<T> context, Exception exception) where T : class => Task.CompletedTask;

    private Task Note(ConcurrentQueue<object> list, object message)
    {
        list.Enqueue(message);
        _moved.Writer.TryWrite(true);
        return Task.CompletedTask;
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await _moved.Reader.ReadAsync(limit.Token);
        }
    }
}
