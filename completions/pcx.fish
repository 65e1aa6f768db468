# fish completion for pcx. Written by `pcx completion fish`.
function __pcx_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($tokens[1] __complete $tokens[2..-1] "$current" 2>/dev/null)
    set -l bits (string replace -r '^:' '' -- $lines[-1])
    test -n "$bits"; or return
    for line in $lines[1..-2]
        echo $line
    end
    set -l prefix (string match -r -- '^--[^=]*=' "$current")
    set -l rest (string replace -r -- '^--[^=]*=' '' "$current")
    if test (math "bitand($bits, 16)") -ne 0
        for path in (__fish_complete_directories "$rest" '')
            echo "$prefix$path"
        end
    else if test (math "bitand($bits, 4)") -eq 0
        for path in (__fish_complete_path "$rest" '')
            echo "$prefix$path"
        end
    end
end
complete -c pcx -f -a '(__pcx_complete)'
