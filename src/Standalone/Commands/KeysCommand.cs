using System.CommandLine;
using System.Globalization;
using Coinsphere.Messaging.Hosting.Keys;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>keys add|list|revoke</c>: the keys of callers.</summary>
internal static class KeysCommand
{
    private const string DefaultScopes = "read,compute";

    public static Command Create()
    {
        var file = new Option<string?>("--file")
        {
            Description = "Keep the keys in this file instead, which gateways read as Auth:KeysFile; without it that setting",
            Recursive = true,
        };
        var database = Sources.Database();
        database.Recursive = true;
        return new Command("keys", "Keys of callers, for gateways that ask for one (Auth:Required)")
        {
            file, database, Add(file, database), List(file, database), Revoke(file, database),
        };
    }

    private static Command Add(Option<string?> file, Option<string?> database)
    {
        var name = new Argument<string>("name")
        {
            Description = "Who gets the key: a service or a person, in logs and in what is written of administrative acts",
        };
        var scopes = new Option<string?>("--scopes")
        {
            Description = $"Comma-separated: {string.Join(", ", KeyScopes.Names)}; each contains those before it; without it {DefaultScopes}",
        };
        scopes.CompletionSources.Add([.. KeyScopes.Names]);
        var perSecond = new Option<double?>("--per-second") { Description = "Its own limit of work a second; without it the gateway's" };
        var concurrent = new Option<int?>("--concurrent") { Description = "Its own limit of requests at a time; without it the gateway's" };
        var command = new Command("add", "Make a key and print it, this once") { name, scopes, perSecond, concurrent };
        command.Validators.Add(parsed =>
        {
            var given = Names(parsed.GetValue(scopes) ?? DefaultScopes);
            if (given.FirstOrDefault(scope => !KeyScopes.Names.Contains(scope)) is { } unknown)
            {
                parsed.AddError($"--scopes has '{unknown}': expected {string.Join(", ", KeyScopes.Names)}");
            }
            else if (given.Length == 0)
            {
                parsed.AddError($"--scopes is '': expected {string.Join(", ", KeyScopes.Names)}");
            }

            if (StoredKey.NameFault(parsed.GetValue(name) ?? "") is { } fault)
            {
                parsed.AddError(fault);
            }

            if (parsed.GetValue(perSecond) is { } rate && !(rate > 0 && double.IsFinite(rate)))
            {
                parsed.AddError($"--per-second is {rate}: expected a number above 0");
            }

            if (parsed.GetValue(concurrent) < 1)
            {
                parsed.AddError($"--concurrent is {parsed.GetValue(concurrent)}: expected 1 or more");
            }
        });
        command.SetAction(parsed => CommandRunner.RunAsync(async stop =>
        {
            using var place = await KeyPlace.OpenAsync(parsed.GetValue(file), parsed.GetValue(database), stop);
            var (key, id, hash) = ApiKey.Make();
            await place.AddAsync(new StoredKey(
                id, parsed.GetRequiredValue(name), Names(parsed.GetValue(scopes) ?? DefaultScopes), hash, DateTimeOffset.UtcNow,
                PerSecond: parsed.GetValue(perSecond), Concurrent: parsed.GetValue(concurrent)), stop);
            var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            await output.WriteLineAsync(key);
            await errors.WriteLineAsync($"Kept in {place.Name} as {id}, without its secret: this is the only time that the key is shown");
            return true;
        }, AskCommand.NothingChanged, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command List(Option<string?> file, Option<string?> database)
    {
        var command = new Command("list", "List the keys without their secrets, the oldest first");
        command.SetAction(parsed => CommandRunner.RunAsync(async stop =>
        {
            using var place = await KeyPlace.OpenAsync(parsed.GetValue(file), parsed.GetValue(database), stop);
            var keys = await place.ReadAsync(stop);
            foreach (var key in keys)
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{key.Id}  {key.Name,-24} {string.Join(',', key.Scopes),-18} made {key.CreatedAt:yyyy-MM-dd HH:mm:ss}Z"
                        + $"{(key.RevokedAt is { } revoked ? $", revoked {revoked:yyyy-MM-dd HH:mm:ss}Z" : "")}"));
            }

            if (keys.Count == 0)
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync($"No keys in {place.Name}");
            }

            return true;
        }, AskCommand.NothingChanged, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command Revoke(Option<string?> file, Option<string?> database)
    {
        var ids = new Argument<string[]>("id") { Description = "Ids of keys, as keys list shows them", Arity = ArgumentArity.OneOrMore };
        var command = new Command("revoke", "Revoke keys: every gateway refuses them within five seconds, and ends their streams") { ids };
        command.Validators.Add(parsed =>
        {
            if ((parsed.GetValue(ids) ?? []).FirstOrDefault(id => !ApiKey.IsId(id)) is { } wrong)
            {
                // Of a key that was given instead, the secret must not be repeated.
                parsed.AddError(ApiKey.TryParse(wrong, out var id, out _)
                    ? $"expected the id of the key, {id}, not the key"
                    : $"expected the id of a key, {ApiKey.IdLength} lower-case hexadecimal digits, as keys list shows it");
            }
        });
        command.SetAction(parsed => CommandRunner.RunAsync(async stop =>
        {
            using var place = await KeyPlace.OpenAsync(parsed.GetValue(file), parsed.GetValue(database), stop);
            var areAll = true;
            foreach (var id in parsed.GetRequiredValue(ids))
            {
                if (await place.RevokeAsync(id, stop))
                {
                    await parsed.InvocationConfiguration.Output.WriteLineAsync($"{id} is revoked");
                }
                else
                {
                    await parsed.InvocationConfiguration.Error.WriteLineAsync($"{id} is no valid key in {place.Name}");
                    areAll = false;
                }
            }

            return areAll;
        }, "the keys that were revoked stay so", parsed.InvocationConfiguration.Error));
        return command;
    }

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
