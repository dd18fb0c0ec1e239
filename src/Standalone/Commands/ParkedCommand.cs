using System.CommandLine;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Certificates;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Messaging.Parked;
using Microsoft.Extensions.Options;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>parked list</c> and <c>parked retry ENDPOINT...</c>: lists messages that failed, and puts them back.</summary>
internal static class ParkedCommand
{
    private const int Shown = 5;

    public static Command Create()
    {
        var broker = new Option<string?>("--broker") { Description = "amqp://user:password@host:port/vhost; without it RABBITMQ_URL", Recursive = true };
        return new Command("parked", "Messages that failed in workers, in error queues and dead letters: list them, or put them back") {
            broker,
            List(broker),
            Retry(broker) };
    }

    private static Command List(Option<string?> broker)
    {
        var command = new Command("list", "Show how many messages wait in error queues, of skipped ones and of dead letters, since when, and why");
        command.SetAction(parsed => CommandRunner.RunAsync(
            stop => UseAsync(parsed.GetValue(broker), connection => ListAsync(connection, parsed.InvocationConfiguration.Output, stop), stop),
            "nothing was changed", parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command Retry(Option<string?> broker)
    {
        var endpoints = new Argument<string[]>("endpoint") { Description = $"Of {string.Join(", ", Endpoints.All)}", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Of every endpoint" };
        var limit = new Option<int?>("--limit") { Description = "At most so many from each queue, the oldest first" };
        var command = new Command("retry", "Put messages back into the queue of their endpoint; a message that fails again returns to its error queue")
        {
            endpoints,
            all,
            limit,
        };
        command.Validators.Add(parsed =>
        {
            var named = parsed.GetValue(endpoints) ?? [];
            if (named.FirstOrDefault(name => !Endpoints.All.Contains(name)) is { } unknown)
            {
                parsed.AddError($"'{unknown}' is no endpoint: expected {string.Join(", ", Endpoints.All)}");
            }
            else if (parsed.GetValue(all) == named.Length > 0)
            {
                parsed.AddError("Expected endpoints, or --all");
            }
            else if (parsed.GetValue(limit) < 1)
            {
                parsed.AddError($"--limit is {parsed.GetValue(limit)}: expected 1 or more");
            }
        });
        command.SetAction(parsed => CommandRunner.RunAsync(
            stop => UseAsync(
                parsed.GetValue(broker),
                connection => RetryAsync(
                    connection,
                    parsed.GetValue(all) ? Endpoints.All : parsed.GetValue(endpoints)!,
                    parsed.GetValue(limit) ?? int.MaxValue,
                    parsed.InvocationConfiguration.Output,
                    stop),
                stop),
            "what was put back stays so, the rest waits where it was", parsed.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<bool> ListAsync(ParkedBroker broker, TextWriter output, CancellationToken cancellationToken)
    {
        var total = 0u;
        foreach (var queue in ParkedMessages.All)
        {
            if (await broker.CountAsync(queue.Name, cancellationToken) is not ({ } count and > 0))
            {
                continue;
            }

            total += count;
            var messages = await broker.PeekAsync(queue.Name, Shown, cancellationToken);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{queue.Name,-28} {count,6}{(messages is [{ Since: { } since }, ..] ? $"  since {since:yyyy-MM-dd HH:mm:ss}Z" : "")}"));
            foreach (var message in messages)
            {
                await output.WriteLineAsync($"  {(message.Subject.Length > 0 ? message.Subject : "not readable")}: {message.Reason}");
            }

            if (count > messages.Count)
            {
                await output.WriteLineAsync($"  and {count - messages.Count} more");
            }
        }

        await output.WriteLineAsync(total == 0 ? "No message is parked" : $"{total} parked; 'parked retry ENDPOINT...' or 'parked retry --all' puts them back");
        return true;
    }

    private static async Task<bool> RetryAsync(
        ParkedBroker broker,
        IReadOnlyList<string> endpoints,
        int limit,
        TextWriter output,
        CancellationToken cancellationToken)
    {
        var total = 0;
        foreach (var queue in ParkedMessages.All.Where(queue => endpoints.Contains(queue.Endpoint)))
        {
            if (await broker.PutBackAsync(queue, limit, cancellationToken) is > 0 and var count)
            {
                total += count;
                await output.WriteLineAsync($"{queue.Name,-28} {count,6} put back to {queue.Endpoint}");
            }
        }

        await output.WriteLineAsync(total == 0 ? "No message is parked" : $"{total} put back");
        return true;
    }

    private static async Task<bool> UseAsync(string? url, Func<ParkedBroker, Task<bool>> use, CancellationToken cancellationToken)
    {
        try
        {
            var (address, certificate) = Address(url);
            await using var broker = await ParkedBroker.ConnectAsync(address, certificate, "coinsphere parked", cancellationToken);
            return await use(broker);
        }
        catch (OperationInterruptedException lost)
        {
            throw new IOException($"The broker ended the work: {lost.ShutdownReason?.ReplyText ?? lost.Message}", lost);
        }
    }

    private static (Uri Url, ServerCertificate Certificate) Address(string? url)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.AddSpecifiedEnvironment();
        if (url is not null)
        {
            builder.Configuration["RabbitMq:Url"] = url;
        }

        try
        {
            var address = MessageBus.RabbitMqUrl(builder.Configuration);
            return (address, BrokerTls.Certificate(builder.Configuration, address));
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or SettingException)
        {
            throw new OptionsValidationException("parked", typeof(ParkedCommand), [wrong.Message]);
        }
    }
}
