using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Client.Bus.Topology;

/// <summary>
/// Asks the broker for shared exchanges and queues, on a channel of its own: the broker closes a channel on which something is missing or refused, and the
/// bus's channels have messages in work.
/// </summary>
internal sealed class TopologyScout(IConnection connection, SharedTopology topology) : IAsyncDisposable
{
    private const ushort Refused = 403;
    private const ushort Missing = 404;

    private readonly SemaphoreSlim _turn = new(1);
    private IChannel? _channel;
    private volatile bool _mayNotBind;

    /// <summary>Declares a part where it does not exist and the user may declare it.</summary>
    /// <exception cref="DefinitionsMissingException">It does not exist, and the user may not declare it.</exception>
    public async Task FindAsync(SharedPart part, Func<IChannel, Task> declare, CancellationToken cancellationToken)
    {
        var exists = await ExistsAsync(part, cancellationToken);
        if (!exists && !topology.IsRefused(part.Name))
        {
            if (await TryAsync(declare, cancellationToken) is null)
            {
                topology.Own(part.Name);
                exists = true;
            }
            else
            {
                topology.Refuse(part.Name);
            }
        }

        topology.Found(part, exists);
        if (!exists)
        {
            throw new DefinitionsMissingException(part.ToString());
        }
    }

    /// <summary>Whether an exchange or a queue exists. Asking needs no permission.</summary>
    public async Task<bool> ExistsAsync(SharedPart part, CancellationToken cancellationToken) => await TryAsync(
        channel => part.Kind == "queue"
            ? channel.QueueDeclarePassiveAsync(part.Name, cancellationToken)
            : channel.ExchangeDeclarePassiveAsync(part.Name, cancellationToken),
        cancellationToken) is null;

    /// <summary>
    /// Binds what the definitions bind too. Whether a binding exists cannot be asked. Where the user may not bind, nothing is tried again on this
    /// connection.
    /// </summary>
    public async Task BindAsync(Func<IChannel, Task> bind, CancellationToken cancellationToken)
    {
        if (!_mayNotBind)
        {
            _mayNotBind = await TryAsync(bind, cancellationToken) is Refused;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _turn.Dispose();
    }

    // Null where the broker agreed, else its code.
    private async Task<ushort?> TryAsync(Func<IChannel, Task> ask, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_channel is not { IsOpen: true })
            {
                await CloseAsync();
                _channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            }

            await ask(_channel);
            return null;
        }
        catch (OperationInterruptedException failure) when (failure.ShutdownReason is { ReplyCode: Refused or Missing } reason)
        {
            return reason.ReplyCode;
        }
        catch (OperationCanceledException)
        {
            // Its next answer would be taken for the one to the next question.
            await CloseAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task CloseAsync()
    {
        if (_channel is { } closed)
        {
            _channel = null;
            await closed.DisposeAsync();
        }
    }
}
