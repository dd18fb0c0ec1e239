using Coinsphere.Messaging.Hosting.Certificates;
using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// Logs in to the broker once before the bus does. A user, password or virtual host that it refuses, and a certificate that is not trusted here, can only be
/// corrected by a person, and the bus would log it for ever in pages, or not at all. An unreachable broker may become available without a restart.
/// </summary>
public sealed class BrokerLogin(Uri url, ServerCertificate certificate) : IHostedService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>The broker's address, without user and password.</summary>
    public string Address { get; } = $"{url.Host}:{Port(url)}";

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await FindFaultAsync(Limit, cancellationToken) is { IsRefusal: true } refusal)
        {
            var expected = certificate.Fault is null
                ? "amqp://user:password@host:5672/vhost of a user that may use the virtual host"
                : "the broker's own certificate";
            throw new SettingException($"RabbitMq:Url (RABBITMQ_URL): {refusal.Text}, expected {expected}");
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Why a login fails now; null where it succeeds.</summary>
    public async Task<BrokerFault?> FindFaultAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(within);
        try
        {
            // The client checks the token at a few places only.
            await LogInAsync(limit.Token).WaitAsync(limit.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new BrokerFault($"{Address} does not answer within {within.TotalSeconds} s", IsRefusal: false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return Explain(failure);
        }
    }

    private async Task LogInAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Factory().CreateConnectionAsync("coinsphere-login", cancellationToken);
        // A virtual host is refused after the login; only opening a channel shows it.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await connection.CloseAsync(cancellationToken);
    }

    private ConnectionFactory Factory()
    {
        var user = url.UserInfo.Split(':', 2);
        var factory = new ConnectionFactory
        {
            HostName = url.Host,
            Port = Port(url),
            VirtualHost = url.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(url.AbsolutePath[1..]) : ConnectionFactory.DefaultVHost,
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = Limit,
        };
        if (user[0].Length > 0)
        {
            factory.UserName = Uri.UnescapeDataString(user[0]);
            factory.Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "";
        }

        factory.Use(url, certificate);
        return factory;
    }

    private BrokerFault Explain(Exception failure)
    {
        var user = url.UserInfo.Length > 0 ? Uri.UnescapeDataString(url.UserInfo.Split(':', 2)[0]) : ConnectionFactory.DefaultUser;
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationFailureException refused:
                    return new BrokerFault($"{Address} refuses user '{user}' or its password ({refused.Message.Split(". ", 2)[0]})", IsRefusal: true);
                // A limit of connections is not permanent.
                case OperationInterruptedException { ShutdownReason: { ReplyCode: Constants.NotAllowed or Constants.AccessRefused } reason } when !reason
                    .ReplyText
                    .Contains("limit", StringComparison.Ordinal):
                    return new BrokerFault($"{Address} refuses user '{user}' the virtual host ({reason.ReplyText})", IsRefusal: true);
            }
        }

        if (certificate.Fault is { } untrusted)
        {
            return new BrokerFault($"{Address} {untrusted}", IsRefusal: true);
        }

        return new BrokerFault($"{Address} cannot be reached: {Innermost(failure).Message.ReplaceLineEndings(" ")}", IsRefusal: false);
    }

    private static Exception Innermost(Exception failure)
    {
        while (failure.InnerException is { } cause)
        {
            failure = cause;
        }

        return failure;
    }

    private static int Port(Uri url) => url.Port > 0 ? url.Port : BrokerTls.IsSecure(url) ? 5671 : 5672;
}

/// <summary>Why a login to the broker fails.</summary>
/// <param name="Text">One line without secrets.</param>
/// <param name="IsRefusal">Whether the broker is available and refuses user, password or virtual host, or shows a certificate that is not trusted.</param>
public sealed record BrokerFault(string Text, bool IsRefusal);
